/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-file-saver.h"

#include <glib/gi18n.h>

#include "usher-file-type.h"
#include "usher-message.h"
#include "usher-text.h"

#define NAME_CHARS 60

struct _UsherFileSaver {
  GObject parent_instance;

  GtkFileChooserNative *chooser;
  UsherSession *session; /* those that are asked about */
  UsherMessage *message;
  GCancellable *cancellable;
};

enum {
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherFileSaver, usher_file_saver, G_TYPE_OBJECT)

typedef struct {
  UsherFileSaver *self; /* owned: cancelled in dispose */
  GFile *to;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->self);
  g_object_unref (saving->to);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static char *
dup_name (Saving *saving)
{
  g_autofree char *base = g_file_get_basename (saving->to);

  return usher_text_to_line (base, NAME_CHARS);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = dup_name (saving);
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    /* Translators: %s is the name of a file */
    text = g_strdup_printf (_ ("“%s” is saved."), name);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    /* Translators: first the name of a file, then what the system says about it */
    text = g_strdup_printf (_ ("“%s” cannot be written: %s. Choose another place."), name,
                            error->message);
  g_signal_emit (saving->self, signals[SIGNAL_SAID], 0, text);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = dup_name (saving);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes =
    usher_session_load_image_finish (USHER_SESSION (source), result, &error);

  if (bytes != NULL) {
    g_file_replace_contents_bytes_async (saving->to, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                         saving->self->cancellable, written_cb, saving);
    g_steal_pointer (&saving);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text =
    g_strdup_printf (_ ("“%s” did not come from the gateway. Save it again when connected."), name);
  g_signal_emit (saving->self, signals[SIGNAL_SAID], 0, text);
}

void
usher_file_saver_save (UsherFileSaver *self,
                       UsherSession   *session,
                       UsherMessage   *message,
                       GFile          *to)
{
  Saving *saving;

  g_return_if_fail (USHER_IS_FILE_SAVER (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));
  g_return_if_fail (G_IS_FILE (to));

  saving = g_new0 (Saving, 1);
  *saving = (Saving){ g_object_ref (self), g_object_ref (to) };
  usher_session_load_image_async (session, message, self->cancellable, loaded_cb, saving);
}

static void
forget_question (UsherFileSaver *self)
{
  g_clear_object (&self->chooser);
  g_clear_object (&self->session);
  g_clear_object (&self->message);
}

static void
response_cb (UsherFileSaver       *self,
             int                   response,
             GtkFileChooserNative *chooser)
{
  g_autoptr (GFile) to = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    to = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (to != NULL)
    usher_file_saver_save (self, self->session, self->message, to);
  forget_question (self);
}

void
usher_file_saver_ask (UsherFileSaver *self,
                      GtkWidget      *widget,
                      UsherSession   *session,
                      UsherMessage   *message)
{
  g_autofree char *name = NULL;

  g_return_if_fail (USHER_IS_FILE_SAVER (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  if (self->chooser != NULL)
    return;
  name =
    usher_file_type_dup_name (usher_message_get_name (message), usher_message_get_mime (message));
  self->session = g_object_ref (session);
  self->message = g_object_ref (message);
  self->chooser =
    gtk_file_chooser_native_new (_ ("Save File"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                 GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
usher_file_saver_dispose (GObject *object)
{
  UsherFileSaver *self = USHER_FILE_SAVER (object);

  g_cancellable_cancel (self->cancellable);
  forget_question (self);
  G_OBJECT_CLASS (usher_file_saver_parent_class)->dispose (object);
}

static void
usher_file_saver_finalize (GObject *object)
{
  g_object_unref (USHER_FILE_SAVER (object)->cancellable);
  G_OBJECT_CLASS (usher_file_saver_parent_class)->finalize (object);
}

static void
usher_file_saver_class_init (UsherFileSaverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_file_saver_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_file_saver_finalize;
  signals[SIGNAL_SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_file_saver_init (UsherFileSaver *self)
{
  self->cancellable = g_cancellable_new ();
}

UsherFileSaver *
usher_file_saver_new (void)
{
  return g_object_new (USHER_TYPE_FILE_SAVER, NULL);
}
