/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-sign-in.h"

#include <string.h>
#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-new-password.h"
#include "usher-widget.h"

struct _UsherSignIn {
  GtkWidget parent_instance;

  GtkLabel *title;
  GtkLabel *explanation;
  GtkStack *stack;
  GtkEditable *gateway;
  GtkEditable *login;
  GtkEditable *password;
  GtkEditable *new_password;
  GtkEditable *new_password_again;
  GtkLabel *problem;
  GtkWidget *submit;
  GtkLabel *submit_label;
  GtkSpinner *spinner;
  gboolean is_changing;
};

enum {
  SIGNAL_SUBMIT,
  SIGNAL_CHANGE_PASSWORD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherSignIn, usher_sign_in, GTK_TYPE_WIDGET)

static gboolean
is_url (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
         (g_str_equal (g_uri_get_scheme (uri), "http") ||
          g_str_equal (g_uri_get_scheme (uri), "https"));
}

/* “shop.example” and “127.0.0.1:8000” are what people type. */
static char *
dup_gateway_url (UsherSignIn *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->gateway)));

  if (*text == '\0' || strstr (text, "://") != NULL)
    return g_steal_pointer (&text);
  if (g_str_has_prefix (text, "127.") || g_str_has_prefix (text, "localhost"))
    return g_strconcat ("http://", text, NULL);
  return g_strconcat ("https://", text, NULL);
}

static void
submit_sign_in (UsherSignIn *self)
{
  g_autofree char *url = dup_gateway_url (self);
  g_autofree char *login = g_strstrip (g_strdup (gtk_editable_get_text (self->login)));
  const char *password = gtk_editable_get_text (self->password);

  if (!is_url (url)) {
    usher_sign_in_set_problem (
      self,
      _ (
        "The address of the gateway looks like http://127.0.0.1:8000 or https://chat.example.com."));
    gtk_widget_grab_focus (GTK_WIDGET (self->gateway));
  } else if (*login == '\0') {
    usher_sign_in_set_problem (self, _ ("Type the login you were given."));
    gtk_widget_grab_focus (GTK_WIDGET (self->login));
  } else if (*password == '\0') {
    usher_sign_in_set_problem (self, _ ("Type your password."));
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
  } else {
    usher_sign_in_set_problem (self, NULL);
    g_signal_emit (self, signals[SIGNAL_SUBMIT], 0, url, login, password);
  }
}

static void
submit_new_password (UsherSignIn *self)
{
  g_autofree char *problem =
    usher_new_password_dup_problem (self->new_password, self->new_password_again);

  usher_sign_in_set_problem (self, problem);
  if (problem == NULL)
    g_signal_emit (self, signals[SIGNAL_CHANGE_PASSWORD], 0, gtk_editable_get_text (self->login),
                   gtk_editable_get_text (self->password),
                   gtk_editable_get_text (self->new_password));
}

static void
submit_cb (UsherSignIn *self)
{
  if (self->is_changing)
    submit_new_password (self);
  else
    submit_sign_in (self);
}

static void
changed_cb (UsherSignIn *self)
{
  usher_sign_in_set_problem (self, NULL);
}

static void
show_step (UsherSignIn *self,
           gboolean     is_changing)
{
  self->is_changing = is_changing;
  gtk_stack_set_visible_child_name (self->stack, is_changing ? "new-password" : "sign-in");
  gtk_label_set_text (self->title, is_changing ? _ ("Choose a Password") : _ ("Usher"));
  gtk_label_set_text (self->explanation,
                      is_changing
                        ? _ ("The password you typed works only once. Choose your own now.")
                        : _ ("Sign in to answer chats."));
  gtk_label_set_text (self->submit_label, is_changing ? _ ("Set Password") : _ ("Sign In"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->submit), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (self->submit_label), -1);
}

static gboolean
usher_sign_in_grab_focus (GtkWidget *widget)
{
  UsherSignIn *self = USHER_SIGN_IN (widget);

  if (self->is_changing)
    return gtk_widget_grab_focus (GTK_WIDGET (self->new_password));
  if (*gtk_editable_get_text (self->gateway) == '\0')
    return gtk_widget_grab_focus (GTK_WIDGET (self->gateway));
  if (*gtk_editable_get_text (self->login) == '\0')
    return gtk_widget_grab_focus (GTK_WIDGET (self->login));
  return gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

static void
usher_sign_in_dispose (GObject *object)
{
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_SIGN_IN);
  G_OBJECT_CLASS (usher_sign_in_parent_class)->dispose (object);
}

static void
usher_sign_in_class_init (UsherSignInClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_sign_in_dispose;
  widget_class->grab_focus = usher_sign_in_grab_focus;
  signals[SIGNAL_SUBMIT] =
    g_signal_new ("submit", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_CHANGE_PASSWORD] =
    g_signal_new ("change-password", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-sign-in.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, title);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, explanation);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, stack);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, gateway);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, login);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, password);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, new_password);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, new_password_again);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, problem);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, submit);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, submit_label);
  gtk_widget_class_bind_template_child (widget_class, UsherSignIn, spinner);
  gtk_widget_class_bind_template_callback (widget_class, submit_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_sign_in_init (UsherSignIn *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  show_step (self, FALSE);
}

GtkWidget *
usher_sign_in_new (void)
{
  return g_object_new (USHER_TYPE_SIGN_IN, NULL);
}

void
usher_sign_in_set_defaults (UsherSignIn *self,
                            const char  *gateway_url,
                            const char  *login)
{
  g_return_if_fail (USHER_IS_SIGN_IN (self));
  gtk_editable_set_text (self->gateway, gateway_url == NULL ? "" : gateway_url);
  gtk_editable_set_text (self->login, login == NULL ? "" : login);
}

void
usher_sign_in_set_busy (UsherSignIn *self,
                        gboolean     is_busy)
{
  g_return_if_fail (USHER_IS_SIGN_IN (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), !is_busy);
  gtk_widget_set_sensitive (self->submit, !is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
  gtk_spinner_set_spinning (self->spinner, is_busy);
}

void
usher_sign_in_set_problem (UsherSignIn *self,
                           const char  *text)
{
  g_return_if_fail (USHER_IS_SIGN_IN (self));
  gtk_label_set_text (self->problem, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

void
usher_sign_in_ask_new_password (UsherSignIn *self)
{
  g_return_if_fail (USHER_IS_SIGN_IN (self));
  show_step (self, TRUE);
  usher_sign_in_set_problem (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
usher_sign_in_reset (UsherSignIn *self)
{
  g_return_if_fail (USHER_IS_SIGN_IN (self));
  gtk_editable_set_text (self->password, "");
  gtk_editable_set_text (self->new_password, "");
  gtk_editable_set_text (self->new_password_again, "");
  usher_sign_in_set_busy (self, FALSE);
  usher_sign_in_set_problem (self, NULL);
  show_step (self, FALSE);
}
