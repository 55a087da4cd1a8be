/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-step.h"

#include <string.h>
#include <glib/gi18n.h>

#include "usher-colleague.h"
#include "usher-queue.h"
#include "usher-text.h"

#define ARGUMENT_CHARS 32

struct _UsherMacroStep {
  GObject parent_instance;

  UsherStepKind kind;
  char *name; /* one that is unknown here is kept */
  char *argument;
};

enum {
  PROP_0,
  PROP_ARGUMENT,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherMacroStep, usher_macro_step, G_TYPE_OBJECT)

static const struct {
  const char *name;
  const char *title;
} kinds[USHER_N_STEPS] = {
  [USHER_STEP_UNKNOWN] = { "", NC_ ("macro step", "A step of a later version") },
  [USHER_STEP_SEND] = { "send", NC_ ("macro step", "Send to the visitor") },
  [USHER_STEP_INSERT] = { "insert", NC_ ("macro step", "Put into the composer") },
  [USHER_STEP_LABEL] = { "label", NC_ ("macro step", "Add a label") },
  [USHER_STEP_UNLABEL] = { "unlabel", NC_ ("macro step", "Take a label off") },
  [USHER_STEP_NOTE] = { "note", NC_ ("macro step", "Add a note for staff") },
  [USHER_STEP_TRANSFER] = { "transfer", NC_ ("macro step", "Transfer") },
  [USHER_STEP_SNOOZE] = { "snooze", NC_ ("macro step", "Snooze") },
  [USHER_STEP_CLOSE] = { "close", NC_ ("macro step", "Close") },
  [USHER_STEP_NEXT] = { "next", NC_ ("macro step", "Go to the next who waits") },
};

static void
usher_macro_step_get_property (GObject    *object,
                               guint       prop,
                               GValue     *value,
                               GParamSpec *pspec)
{
  g_value_set_string (value, USHER_MACRO_STEP (object)->argument);
}

static void
usher_macro_step_set_property (GObject      *object,
                               guint         prop,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  usher_macro_step_set_argument (USHER_MACRO_STEP (object), g_value_get_string (value));
}

static void
usher_macro_step_finalize (GObject *object)
{
  UsherMacroStep *self = USHER_MACRO_STEP (object);

  g_free (self->name);
  g_free (self->argument);
  G_OBJECT_CLASS (usher_macro_step_parent_class)->finalize (object);
}

static void
usher_macro_step_class_init (UsherMacroStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_macro_step_get_property;
  object_class->set_property = usher_macro_step_set_property;
  object_class->finalize = usher_macro_step_finalize;
  pspecs[PROP_ARGUMENT] =
    g_param_spec_string ("argument", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
}

static void
usher_macro_step_init (UsherMacroStep *self)
{
}

UsherMacroStep *
usher_macro_step_new (const char *name,
                      const char *argument)
{
  UsherMacroStep *self = g_object_new (USHER_TYPE_MACRO_STEP, NULL);

  self->name = g_strdup (name);
  self->argument = g_strdup (argument);
  for (gsize i = USHER_STEP_UNKNOWN + 1; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      self->kind = (UsherStepKind) i;
  return self;
}

UsherStepKind
usher_macro_step_get_kind (UsherMacroStep *self)
{
  return self->kind;
}

const char *
usher_macro_step_get_name (UsherMacroStep *self)
{
  return self->name;
}

const char *
usher_macro_step_get_argument (UsherMacroStep *self)
{
  return self->argument;
}

void
usher_macro_step_set_argument (UsherMacroStep *self,
                               const char     *argument)
{
  g_return_if_fail (USHER_IS_MACRO_STEP (self));
  if (g_strcmp0 (self->argument, argument) == 0)
    return;
  g_free (self->argument);
  self->argument = g_strdup (argument != NULL ? argument : "");
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_ARGUMENT]);
}

gboolean
usher_macro_step_get_target (UsherMacroStep  *self,
                             guint64         *ret_agent,
                             const char     **ret_queue)
{
  const char *argument = self->argument;

  *ret_agent = 0;
  *ret_queue = NULL;
  if (g_str_has_prefix (argument, "queue:") && argument[strlen ("queue:")] != '\0')
    *ret_queue = argument + strlen ("queue:");
  else if (!g_str_has_prefix (argument, "agent:") ||
           !g_ascii_string_to_unsigned (argument + strlen ("agent:"), 10, 1, G_MAXUINT64, ret_agent,
                                        NULL))
    return FALSE;
  return TRUE;
}

/* --- In words ----------------------------------------------------------------------------------------------------- */

/* (transfer full) (nullable) */
static char *
dup_queue_title (UsherSession *session,
                 const char   *name)
{
  g_autoptr (GListModel) queues = NULL;

  g_object_get (session, "queues", &queues, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (queues); i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (queues, i);
    const char *title = usher_queue_get_title (queue);

    if (g_strcmp0 (usher_queue_get_name (queue), name) == 0 && title != NULL && *title != '\0')
      return usher_text_to_line (title, ARGUMENT_CHARS);
  }
  return NULL;
}

static char *
dup_agent_name (UsherSession *session,
                guint64       agent)
{
  g_autoptr (GListModel) colleagues = NULL;

  g_object_get (session, "colleagues", &colleagues, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (colleagues); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (colleagues, i);

    if (usher_colleague_get_agent (colleague) == agent)
      return usher_text_to_line (usher_colleague_get_name (colleague), ARGUMENT_CHARS);
  }
  return NULL;
}

static char *
dup_transfer_title (UsherMacroStep *self,
                    UsherSession   *session)
{
  g_autofree char *name = NULL;
  const char *queue;
  guint64 agent;

  if (!usher_macro_step_get_target (self, &agent, &queue))
    return g_strdup (usher_step_kind_get_title (self->kind));
  if (session != NULL)
    name = queue != NULL ? dup_queue_title (session, queue) : dup_agent_name (session, agent);
  if (name == NULL && queue != NULL)
    name = usher_text_to_line (queue, ARGUMENT_CHARS);
  /* Translators: a step of a macro; %s is a queue or a colleague */
  return g_strdup_printf (_ ("Transfer to %s"), name != NULL ? name : _ ("A colleague"));
}

static const char *
get_snooze_title (const char *argument)
{
  if (g_str_equal (argument, "hour"))
    return C_ ("shortcuts", "Snooze for one hour");
  if (g_str_equal (argument, "afternoon"))
    return C_ ("macro step", "Snooze until this afternoon");
  if (g_str_equal (argument, "tomorrow"))
    return C_ ("shortcuts", "Snooze until tomorrow, 9:00");
  return C_ ("shortcuts", "Snooze until the visitor writes");
}

static char *
dup_close_title (UsherMacroStep *self,
                 UsherSession   *session)
{
  g_autoptr (GArray) codes = session == NULL ? NULL : usher_session_dup_dispositions (session);
  const char *title = self->argument;

  if (*self->argument == '\0')
    return g_strdup (C_ ("macro step", "Close without a code"));
  for (guint i = 0; codes != NULL && i < codes->len; i++) {
    const UsherDisposition *disposition = &g_array_index (codes, UsherDisposition, i);

    if (g_str_equal (disposition->code, self->argument))
      title = disposition->title;
  }
  /* Translators: a step of a macro; %s is the code a chat is closed with, such as Refund */
  return g_strdup_printf (_ ("Close as “%s”"), title);
}

static char *
dup_text_title (UsherMacroStep *self)
{
  g_autofree char *text = usher_text_to_line (self->argument, ARGUMENT_CHARS);

  if (self->kind == USHER_STEP_SEND)
    return g_strdup_printf (C_ ("macro step", "Send “%s”"), text);
  if (self->kind == USHER_STEP_INSERT)
    return g_strdup_printf (C_ ("macro step", "Put in “%s”"), text);
  if (self->kind == USHER_STEP_LABEL)
    return g_strdup_printf (C_ ("macro step", "Add label “%s”"), text);
  if (self->kind == USHER_STEP_UNLABEL)
    return g_strdup_printf (C_ ("macro step", "Take off label “%s”"), text);
  return g_strdup_printf (C_ ("macro step", "Note “%s”"), text);
}

char *
usher_macro_step_dup_title (UsherMacroStep *self,
                            UsherSession   *session)
{
  switch (self->kind) {
  case USHER_STEP_TRANSFER:
    return dup_transfer_title (self, session);
  case USHER_STEP_SNOOZE:
    return g_strdup (get_snooze_title (self->argument));
  case USHER_STEP_CLOSE:
    return dup_close_title (self, session);
  case USHER_STEP_UNKNOWN:
  case USHER_STEP_NEXT:
    return g_strdup (usher_step_kind_get_title (self->kind));
  case USHER_STEP_SEND:
  case USHER_STEP_INSERT:
  case USHER_STEP_LABEL:
  case USHER_STEP_UNLABEL:
  case USHER_STEP_NOTE:
  case USHER_N_STEPS:
  default:
    return *self->argument == '\0' ? g_strdup (usher_step_kind_get_title (self->kind))
                                   : dup_text_title (self);
  }
}

const char *
usher_step_kind_get_name (UsherStepKind kind)
{
  g_return_val_if_fail (kind < USHER_N_STEPS, NULL);
  return kinds[kind].name;
}

const char *
usher_step_kind_get_title (UsherStepKind kind)
{
  g_return_val_if_fail (kind < USHER_N_STEPS, NULL);
  return g_dpgettext2 (NULL, "macro step", kinds[kind].title);
}
