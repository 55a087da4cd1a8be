/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"

#include <glib/gi18n-lib.h>

/* Which contacts are one person: looked for, shown as one, merged, and taken apart. */

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  UsherContactsFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->destroy != NULL)
    question->destroy (question->user_data);
  g_free (question);
}

static void
found_cb (const Gate__V1__Frame *answer,
          gpointer               user_data)
{
  Question *question = user_data;
  g_autoptr (GListStore) contacts = NULL;
  const Gate__V1__ContactFound *found;

  if (answer == NULL || answer->body_case != GATE__V1__FRAME__BODY_CONTACT_FOUND) {
    gboolean is_refused = answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR;

    question->func (NULL, 0,
                    is_refused ? usher_text_of_slug (answer->error->slug)
                               : _ ("There is no connection to the gateway right now."),
                    question->user_data);
    return;
  }
  found = answer->contact_found;
  contacts = g_list_store_new (USHER_TYPE_CONTACT);
  for (gsize i = 0; i < found->n_contacts; i++) {
    g_autoptr (UsherContact) contact =
      usher_session_contact_from (question->session, found->contacts[i]);

    g_list_store_append (contacts, contact);
  }
  question->func (G_LIST_MODEL (contacts), MIN (found->n_same, (guint32) found->n_contacts), NULL,
                  question->user_data);
}

static void
ask (UsherSession      *self,
     Gate__V1__Frame   *frame,
     UsherContactsFunc  func,
     gpointer           user_data,
     GDestroyNotify     destroy)
{
  Question *question = g_new (Question, 1);

  *question = (Question){ self, func, user_data, NULL };
  if (usher_session_ask (self, frame, found_cb, question, question_free)) {
    question->destroy = destroy; /* not before: nothing was sent, and nobody answers */
    return;
  }
  func (NULL, 0, _ ("There is no connection to the gateway right now."), user_data);
  if (destroy != NULL)
    destroy (user_data);
}

void
usher_session_find_contacts (UsherSession      *self,
                             UsherConversation *conversation,
                             const char        *text,
                             UsherContactsFunc  func,
                             gpointer           user_data,
                             GDestroyNotify     destroy)
{
  Gate__V1__ContactFind find = GATE__V1__CONTACT_FIND__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (CONTACT_FIND, contact_find, &find);

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  find.conv = usher_conversation_get_conv (conversation);
  find.query = (char *) text;
  ask (self, &frame, func, user_data, destroy);
}

void
usher_session_preview_merge (UsherSession      *self,
                             UsherConversation *conversation,
                             guint64            other,
                             gboolean           is_other_kept,
                             UsherContactsFunc  func,
                             gpointer           user_data,
                             GDestroyNotify     destroy)
{
  Gate__V1__ContactMerge merge = GATE__V1__CONTACT_MERGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (CONTACT_MERGE, contact_merge, &merge);

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  merge.conv = usher_conversation_get_conv (conversation);
  merge.visitor = other;
  merge.keep_other = is_other_kept;
  merge.preview = TRUE;
  ask (self, &frame, func, user_data, destroy);
}

typedef struct {
  UsherSession *session; /* borrowed, as above */
  guint64 conv;
} Deed;

static void
done_cb (const Gate__V1__Frame *answer,
         gpointer               user_data)
{
  Deed *deed = user_data;
  UsherHolding *holding = usher_session_peek_holding (deed->session, deed->conv);

  if (answer == NULL)
    return; /* the next time that somebody looks, it is asked how it stands */
  if (holding != NULL)
    usher_session_get_contact (deed->session, holding->conversation);
  if (answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    usher_session_notice (deed->session, USHER_NOTICE_WARNING,
                          usher_text_of_slug (answer->error->slug), answer->error->slug);
}

static void
act (UsherSession           *self,
     UsherConversation      *conversation,
     Gate__V1__ContactMerge *merge)
{
  Gate__V1__Frame frame = WIRE_FRAME (CONTACT_MERGE, contact_merge, merge);
  Deed *deed = g_new (Deed, 1);

  merge->conv = usher_conversation_get_conv (conversation);
  *deed = (Deed){ self, merge->conv };
  if (!usher_session_ask (self, &frame, done_cb, deed, g_free))
    usher_session_notice_offline (self);
}

void
usher_session_merge (UsherSession      *self,
                     UsherConversation *conversation,
                     guint64            other,
                     gboolean           is_other_kept)
{
  Gate__V1__ContactMerge merge = GATE__V1__CONTACT_MERGE__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  merge.visitor = other;
  merge.keep_other = is_other_kept;
  act (self, conversation, &merge);
}

void
usher_session_unmerge (UsherSession      *self,
                       UsherConversation *conversation,
                       guint64            other)
{
  Gate__V1__ContactMerge merge = GATE__V1__CONTACT_MERGE__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  merge.visitor = other;
  merge.undo = TRUE;
  act (self, conversation, &merge);
}
