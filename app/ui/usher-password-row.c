/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-password-row.h"

#include <glib/gi18n.h>

#include "usher-new-password.h"

struct _UsherPasswordRow {
  AdwExpanderRow parent_instance;

  GtkEditable *present;
  GtkEditable *new_password;
  GtkEditable *again;
  GtkLabel *outcome;
  GtkWidget *submit;

  UsherSession *session; /* NULL: disposed */
};

G_DEFINE_FINAL_TYPE (UsherPasswordRow, usher_password_row, ADW_TYPE_EXPANDER_ROW)

static void
say (UsherPasswordRow *self,
     const char       *text)
{
  gtk_label_set_text (self->outcome, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome), text != NULL);
}

static void
set_busy (UsherPasswordRow *self,
          gboolean          is_busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->present), !is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->new_password), !is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->again), !is_busy);
  gtk_widget_set_sensitive (self->submit, !is_busy);
}

/* No password stays in a field longer than it is needed. */
static void
clear (UsherPasswordRow *self)
{
  gtk_editable_set_text (self->present, "");
  gtk_editable_set_text (self->new_password, "");
  gtk_editable_set_text (self->again, "");
}

static void
say_problem (UsherPasswordRow *self,
             const GError     *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_BAD_CREDENTIALS)) {
    say (self, _ ("The present password is wrong. The old one stays."));
    gtk_widget_grab_focus (GTK_WIDGET (self->present));
    return;
  }
  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_TOO_MANY_TRIES)) {
    say (self, _ ("There were too many tries. Wait a few minutes, then try again."));
    return;
  }
  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_UNREACHABLE)) {
    say (self, _ ("The gateway does not answer. If the old password no longer works at the next "
                  "sign-in, the new one does."));
    return;
  }
  /* Translators: %s is a sentence from the gateway */
  text = g_strdup_printf (_ ("The password was not changed: %s"), error->message);
  say (self, text);
}

/* Not cancelled with the row: the gateway may have ended the session, which needs what it answers. */
static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (UsherPasswordRow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_changed =
    usher_session_change_password_finish (USHER_SESSION (source), result, &error);

  if (self->session == NULL)
    return;
  set_busy (self, FALSE);
  if (!is_changed) {
    say_problem (self, error);
    return;
  }
  clear (self);
  say (self, _ ("The password is changed. Other computers where you were signed in ask for it."));
}

static void
submit_cb (UsherPasswordRow *self)
{
  g_autofree char *problem = NULL;

  if (*gtk_editable_get_text (self->present) == '\0') {
    say (self, _ ("Type your present password first."));
    gtk_widget_grab_focus (GTK_WIDGET (self->present));
    return;
  }
  problem = usher_new_password_dup_problem (self->new_password, self->again);
  say (self, problem);
  if (problem != NULL)
    return;
  set_busy (self, TRUE);
  usher_session_change_password_async (self->session, NULL, gtk_editable_get_text (self->present),
                                       gtk_editable_get_text (self->new_password), NULL, changed_cb,
                                       g_object_ref (self));
}

/* What is said no longer is about what is typed. */
static void
typed_cb (UsherPasswordRow *self)
{
  say (self, NULL);
}

static void
expanded_cb (UsherPasswordRow *self)
{
  if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->present));
  else
    clear (self);
}

static void
usher_password_row_dispose (GObject *object)
{
  UsherPasswordRow *self = USHER_PASSWORD_ROW (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_PASSWORD_ROW);
  G_OBJECT_CLASS (usher_password_row_parent_class)->dispose (object);
}

static void
usher_password_row_class_init (UsherPasswordRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_password_row_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-password-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherPasswordRow, present);
  gtk_widget_class_bind_template_child (widget_class, UsherPasswordRow, new_password);
  gtk_widget_class_bind_template_child (widget_class, UsherPasswordRow, again);
  gtk_widget_class_bind_template_child (widget_class, UsherPasswordRow, outcome);
  gtk_widget_class_bind_template_child (widget_class, UsherPasswordRow, submit);
  gtk_widget_class_bind_template_callback (widget_class, submit_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, expanded_cb);
}

static void
usher_password_row_init (UsherPasswordRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "unmap", G_CALLBACK (clear), NULL); /* nobody finds it typed */
}

void
usher_password_row_set_session (UsherPasswordRow *self,
                                UsherSession     *session)
{
  g_return_if_fail (USHER_IS_PASSWORD_ROW (self));

  g_set_object (&self->session, session);
}
