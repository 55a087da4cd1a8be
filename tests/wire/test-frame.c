/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "link.pb-c.h"
#include "wire-frame.h"
#include "wire-json.h"
#include "wire-random.h"
#include "wire-text.h"

typedef struct {
  const char *hex;
  const char *json; /* the same frame; its own tests are in test-json.c */
} Vector;

/* `PROTOCOLS.md` 2d.3. */
static const Vector vectors[] = {
  { "080712111988776655443322113a06e4bda0e5a5bd",
    "{\"t\":\"msg\",\"id\":7,\"cid\":\"1122334455667788\",\"text\":\"你好\"}" },
  { "08071a09100c20fbd0eab6b733", "{\"t\":\"ack\",\"id\":7,\"seq\":12,\"ts\":1767225600123}" },
  { "22021801", "{\"t\":\"typing\",\"on\":true}" },
  { "32020803", "{\"t\":\"ping\",\"n\":3}" },
  { "3200", "{\"t\":\"ping\"}" },
  { "1211100d2088f7eab6b7332801302a3a026869",
    "{\"t\":\"msg\",\"seq\":13,\"ts\":1767225605000,\"role\":\"agent\",\"from\":42,\"text\":\"hi\"}" },
  { "2a0708ac021001180d", "{\"t\":\"read\",\"conv\":300,\"role\":\"agent\",\"seq\":13}" },
  { "08095a1408ad03120c726174655f6c696d6974656420dc0b",
    "{\"t\":\"error\",\"id\":9,\"code\":429,\"slug\":\"rate_limited\",\"retry\":1500}" },
  { "0808121308ac021988776655443322113a02686990010d",
    "{\"t\":\"msg\",\"id\":8,\"conv\":300,\"cid\":\"1122334455667788\",\"text\":\"hi\",\"seen\":13}" },
  { "08081a0508ac023004", "{\"t\":\"ack\",\"id\":8,\"conv\":300,\"ep\":4}" },
  { "2a0908ac021001180d200e",
    "{\"t\":\"read\",\"conv\":300,\"role\":\"agent\",\"seq\":13,\"received\":14}" },
  { "b2010708ac0210034804", "{\"t\":\"conv\",\"conv\":300,\"state\":\"active\",\"ep\":4}" },
  { "080892020708ac0210031801",
    "{\"t\":\"answer\",\"id\":8,\"conv\":300,\"ep\":3,\"accept\":true}" },
  { "0802ca02020802", "{\"t\":\"sub\",\"id\":2,\"list\":\"queue\"}" },
};

typedef struct {
  const char *name;
  const char *hex;
  WireStatus expected;
} Case;

static const Case cases[] = {
  { "nothing", "", WIRE_OK },
  { "unknown-body", "aa0400", WIRE_OK },
  { "unknown-varint", "b0040a3200", WIRE_OK },
  { "unknown-64-bit", "b10400000000000000003200", WIRE_OK },
  { "unknown-bytes", "b204036162633200", WIRE_OK },
  { "unknown-32-bit", "b504000000003200", WIRE_OK },
  { "unknown-group", "b304b404", WIRE_BAD_FRAME },
  { "compressed-mark", "00", WIRE_BAD_FRAME },
  { "field-zero", "0000", WIRE_BAD_FRAME },
  { "tag-of-40-bits", "ffffffffff0f00", WIRE_BAD_FRAME },
  { "endless-varint", "08ffffffffffffffffffff01", WIRE_BAD_FRAME },
  { "varint-of-65-bits", "08ffffffffffffffffff02", WIRE_BAD_FRAME },
  { "uint32-of-33-bits", "088080808010", WIRE_BAD_FRAME },
  { "conv-of-2^53-1", "120908ffffffffffffff0f", WIRE_OK },
  { "conv-of-2^53",
    "12090880808080808080"
    "10",
    WIRE_BAD_FRAME },
  { "cid-of-all-bits", "120919ffffffffffffffff", WIRE_OK },
  { "length-beyond-the-end", "12ff0108ac02", WIRE_BAD_FRAME },
  { "length-of-2^64-1", "12ffffffffffffffffff01", WIRE_BAD_FRAME },
  { "wrong-wire-type-of-a-body", "1000", WIRE_BAD_FRAME },
  { "wrong-wire-type-of-a-number", "0a0101", WIRE_BAD_FRAME },
  { "bool-of-2", "22021802", WIRE_BAD_FRAME },
  { "unknown-enum-value",
    "220210"
    "7f",
    WIRE_OK },
  { "negative-enum-value", "220b10ffffffffffffffffff01", WIRE_BAD_FRAME },
  { "text", "12033a0161", WIRE_OK },
  { "text-with-nul", "12053a03610062", WIRE_BAD_FRAME },
  { "text-that-is-latin-1", "12033a01e9", WIRE_BAD_UTF8 },
  { "text-with-a-surrogate", "12053a03eda080", WIRE_BAD_UTF8 },
  { "text-cut-in-a-character", "12043a02e4bd", WIRE_BAD_UTF8 },
  { "two-texts", "12063a01613a0162", WIRE_BAD_FRAME },
  { "text-and-media",
    "12053a0161"
    "4200",
    WIRE_BAD_FRAME },
  { "two-bodies", "32003a00", WIRE_BAD_FRAME },
  { "the-same-body-twice", "32003200", WIRE_BAD_FRAME },
  { "two-ids", "08010802", WIRE_BAD_FRAME },
  { "batch",
    "620a"
    "0a0432020803"
    "0a023200",
    WIRE_OK },
  { "batch-in-batch",
    "6204"
    "0a026200",
    WIRE_BAD_FRAME },
  { "ext-is-an-object",
    "1204"
    "72027b7d",
    WIRE_OK },
  { "ext-is-no-object",
    "1203"
    "720131",
    WIRE_BAD_FRAME },
  { "ext-is-no-json",
    "1204"
    "72027b7b",
    WIRE_BAD_FRAME },
  { "ext-with-nul",
    "120b"
    "72097b2261223a2200227d",
    WIRE_BAD_FRAME },
  { "profile-of-any-json",
    "920105"
    "1a035b315d",
    WIRE_OK },
  { "profile-of-no-json",
    "920104"
    "1a025b31",
    WIRE_BAD_FRAME },
  { "packed-numbers",
    "ea0105"
    "1a03010203",
    WIRE_OK },
  { "numbers-one-by-one",
    "ea0104"
    "18011802",
    WIRE_OK },
  { "packed-number-cut",
    "ea0104"
    "1a0201ff",
    WIRE_BAD_FRAME },
  { "packed-number-of-2^53",
    "ea010a"
    "1a088080808080808010",
    WIRE_BAD_FRAME },
  { "strings-packed", "82010b3a036162633a0431323334", WIRE_OK },
};

static GBytes *
from_hex (const char *hex)
{
  gsize n_bytes = strlen (hex) / 2;
  guint8 *data = g_malloc (n_bytes + 1);

  g_assert_true (wire_hex_decode (hex, strlen (hex), data, n_bytes));
  return g_bytes_new_take (data, n_bytes);
}

static WireStatus
unpack (WireArena        *arena,
        GBytes           *bytes,
        Gate__V1__Frame **ret_frame)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  return wire_frame_unpack (arena, data, n_bytes, WIRE_MAX_FRAME_BYTES, ret_frame);
}

static void
test_vector (gconstpointer user_data)
{
  const Vector *vector = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_autoptr (GBytes) bytes = from_hex (vector->hex);
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  Gate__V1__Frame *frame = NULL;
  Gate__V1__Frame *same = NULL;

  g_assert_cmpint (unpack (arena, bytes, &frame), ==, WIRE_OK);
  wire_frame_pack (frame, &packed);
  g_assert_cmpmem (packed.data, packed.n_bytes, g_bytes_get_data (bytes, NULL),
                   g_bytes_get_size (bytes));
  g_assert_cmpuint (wire_frame_packed_bytes (frame), ==, packed.n_bytes);
  g_assert_cmpint (wire_json_read_frame (arena, vector->json, strlen (vector->json), 4096, &same),
                   ==, WIRE_OK);
  g_assert_true (wire_message_equal (&frame->base, &same->base));
}

/* A frame that was cut is no frame, unless the cut falls between two fields. */
static void
test_prefixes (gconstpointer user_data)
{
  const Vector *vector = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_autoptr (GBytes) bytes = from_hex (vector->hex);
  gsize id_bytes = g_str_has_prefix (vector->hex, "08") ? 2 : 0;

  for (gsize n = 1; n < g_bytes_get_size (bytes); n++) {
    g_autoptr (GBytes) prefix = g_bytes_new_from_bytes (bytes, 0, n);
    Gate__V1__Frame *frame = NULL;
    WireStatus status = unpack (arena, prefix, &frame);

    g_assert_cmpint (status, ==, n == id_bytes ? WIRE_OK : WIRE_BAD_FRAME);
  }
}

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_autoptr (GBytes) bytes = from_hex (c->hex);
  Gate__V1__Frame *frame = NULL;

  g_assert_cmpstr (wire_status_name (unpack (arena, bytes, &frame)), ==,
                   wire_status_name (c->expected));
  g_assert_cmpint (wire_frame_check (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                     WIRE_MAX_FRAME_BYTES),
                   ==, c->expected);
}

/* Puts @inner into a field with that tag: one more level. */
static void
wrap (WireBuffer *inner,
      guint8      tag)
{
  WireBuffer outer = WIRE_BUFFER_INIT;
  gsize rest = inner->n_bytes;

  wire_buffer_append_byte (&outer, tag);
  for (; rest >= 0x80; rest >>= 7)
    wire_buffer_append_byte (&outer, (guint8) (rest | 0x80));
  wire_buffer_append_byte (&outer, (guint8) rest);
  wire_buffer_append (&outer, inner->data, inner->n_bytes);
  wire_buffer_clear (inner);
  *inner = outer;
}

/* Batches of batches to the size of a frame would end the stack in protobuf-c. */
static void
test_depth_bomb (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  Gate__V1__Frame *frame = NULL;

  while (bytes.n_bytes < 20000) {
    wrap (&bytes, 0x0a); /* Batch.frames */
    wrap (&bytes, 0x62); /* Frame.batch */
  }
  g_assert_cmpint (wire_frame_unpack (arena, bytes.data, bytes.n_bytes, 65536, &frame), ==,
                   WIRE_BAD_FRAME);
  g_assert_cmpuint (wire_arena_used_bytes (arena), ==, 0);
}

/* Two bytes on the wire, a ConvRow of some 300 in memory: what a frame may take has an end. */
static void
test_memory_bomb (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  Gate__V1__Frame *frame = NULL;
  gsize body_bytes = 60000;
  const guint8 head[] = { 0xd2, 0x02, 0x80 | (60000 & 0x7F), 0x80 | (60000 >> 7 & 0x7F),
                          60000 >> 14 };

  wire_buffer_append (&bytes, head, sizeof head);
  for (gsize i = 0; i < body_bytes; i += 2)
    wire_buffer_append (&bytes, "\x1a", 2);
  g_assert_cmpint (wire_frame_check (bytes.data, bytes.n_bytes, WIRE_MAX_FRAME_BYTES), ==, WIRE_OK);
  g_assert_cmpint (wire_frame_unpack (arena, bytes.data, bytes.n_bytes, WIRE_MAX_FRAME_BYTES,
                                      &frame),
                   ==, WIRE_TOO_LARGE);
  g_assert_cmpuint (wire_arena_used_bytes (arena), <=, 16 * WIRE_MAX_FRAME_BYTES);
}

static void
assert_text_limit (gsize       n_characters,
                   const char *character,
                   WireStatus  expected)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);
  Gate__V1__Frame *read = NULL;

  for (gsize i = 0; i < n_characters; i++)
    g_string_append (text, character);
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = text->str;
  wire_frame_pack (&frame, &bytes);
  g_assert_cmpint (wire_frame_unpack (arena, bytes.data, bytes.n_bytes, 65536, &read), ==,
                   expected);
  if (expected == WIRE_OK)
    g_assert_cmpstr (read->message->text, ==, text->str);
}

static void
test_text_limit (void)
{
  assert_text_limit (4096, "x", WIRE_OK);
  assert_text_limit (4097, "x", WIRE_TOO_LARGE);
  assert_text_limit (4096, "款", WIRE_OK);
  assert_text_limit (4097, "款", WIRE_TOO_LARGE);
}

static void
test_other_limits (void)
{
  g_autofree char *preview = g_strnfill (501, 'x');
  g_autofree char *ext = g_strdup_printf ("{\"a\":\"%*s\"}", 4096, "");
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);

  typing.preview = preview;
  wire_frame_pack (&frame, &bytes);
  g_assert_cmpint (wire_frame_check (bytes.data, bytes.n_bytes, 65536), ==, WIRE_TOO_LARGE);
  bytes.n_bytes = 0;
  typing.preview = preview + 1;
  wire_frame_pack (&frame, &bytes);
  g_assert_cmpint (wire_frame_check (bytes.data, bytes.n_bytes, 65536), ==, WIRE_OK);
  g_assert_cmpint (wire_frame_check (bytes.data, bytes.n_bytes, bytes.n_bytes), ==, WIRE_OK);
  g_assert_cmpint (wire_frame_check (bytes.data, bytes.n_bytes, bytes.n_bytes - 1), ==,
                   WIRE_TOO_LARGE);
  bytes.n_bytes = 0;
  message.ext = (ProtobufCBinaryData){ strlen (ext), (guint8 *) ext };
  frame = wire_frame_for (&message.base);
  g_assert_cmpint (frame.body_case, ==, GATE__V1__FRAME__BODY_MESSAGE);
  wire_frame_pack (&frame, &bytes);
  g_assert_cmpint (wire_frame_check (bytes.data, bytes.n_bytes, 65536), ==, WIRE_TOO_LARGE);
}

/* The walk keeps one bit per field and one for the oneof: 63 fields, one oneof a message. */
static void
assert_fits_the_walk (const ProtobufCMessageDescriptor *descriptor,
                      GHashTable                       *done)
{
  guint oneof_offset = 0;

  if (!g_hash_table_add (done, (gpointer) descriptor))
    return;
  g_assert_cmpuint (descriptor->n_fields, <, 63);
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];

    g_assert_cmpint (field->label, !=, PROTOBUF_C_LABEL_REQUIRED);
    g_assert_cmpint (field->label, !=, PROTOBUF_C_LABEL_OPTIONAL);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
      g_assert_true (oneof_offset == 0 || oneof_offset == field->quantifier_offset);
      oneof_offset = field->quantifier_offset;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
      assert_fits_the_walk (field->descriptor, done);
  }
}

static void
test_schema_fits (void)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);

  assert_fits_the_walk (&gate__v1__frame__descriptor, done);
  assert_fits_the_walk (&gate__link__v1__request__descriptor, done);
  assert_fits_the_walk (&gate__link__v1__reply__descriptor, done);
  assert_fits_the_walk (&gate__link__v1__worker_config__descriptor, done);
}

static void
round_trip (Gate__V1__Frame *frame)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (WireArena) other = wire_arena_new (4096);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) again = WIRE_BUFFER_INIT;
  Gate__V1__Frame *read = NULL;
  Gate__V1__Frame *copy;

  wire_frame_pack (frame, &bytes);
  g_assert_cmpint (wire_frame_unpack (arena, bytes.data, bytes.n_bytes, 1 << 18, &read), ==,
                   WIRE_OK);
  g_assert_true (wire_message_equal (&frame->base, &read->base));
  copy = wire_frame_dup (other, read);
  g_assert_true (wire_message_equal (&frame->base, &copy->base));
  /* What the copy holds must not be the original's. */
  memset (bytes.data, 0xA5, bytes.n_bytes);
  g_clear_pointer (&arena, wire_arena_free);
  g_assert_true (wire_message_equal (&frame->base, &copy->base));
  wire_frame_pack (copy, &again);
  g_assert_cmpuint (again.n_bytes, ==, bytes.n_bytes);
  g_assert_cmpuint (wire_frame_peek_id (again.data, again.n_bytes), ==, frame->id);
}

static void
test_random (void)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260101);

  g_test_message ("seed 20260101, %u kinds", n_kinds);
  for (guint i = 0; i < n_kinds * 60; i++) {
    g_autoptr (WireArena) arena = wire_arena_new (4096);

    round_trip (wire_random_frame (arena, rand, kinds[i % n_kinds]));
  }
}

static void
test_equal (void)
{
  Gate__V1__Message a = GATE__V1__MESSAGE__INIT;
  Gate__V1__Message b = GATE__V1__MESSAGE__INIT;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Note notes[2] = { GATE__V1__NOTE__INIT, GATE__V1__NOTE__INIT };
  guint64 mentions[2] = { 1, 2 };

  g_assert_true (wire_message_equal (NULL, NULL));
  g_assert_false (wire_message_equal (&a.base, NULL));
  g_assert_false (wire_message_equal (&a.base, &ack.base));
  g_assert_true (wire_message_equal (&a.base, &b.base));
  a.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  a.text = (char *) "";
  g_assert_false (wire_message_equal (&a.base, &b.base));
  b.content_case = GATE__V1__MESSAGE__CONTENT_SEALED;
  g_assert_false (wire_message_equal (&a.base, &b.base));
  notes[0].n_mentions = 2;
  notes[0].mentions = mentions;
  notes[1].n_mentions = 1;
  notes[1].mentions = mentions;
  g_assert_false (wire_message_equal (&notes[0].base, &notes[1].base));
  notes[1].mentions = mentions + 1;
  notes[0].n_mentions = 1;
  g_assert_false (wire_message_equal (&notes[0].base, &notes[1].base));
}

static void
test_names (void)
{
  Gate__V1__Frame empty = GATE__V1__FRAME__INIT;
  int value = -1;

  g_assert_cmpstr (wire_body_name (GATE__V1__FRAME__BODY_HISTORY_REQ), ==, "history_req");
  g_assert_cmpstr (wire_body_name (GATE__V1__FRAME__BODY__NOT_SET), ==, "none");
  g_assert_cmpstr (wire_body_name (1), ==, "id");
  g_assert_cmpstr (wire_body_name (63), ==, "none");
  g_assert_null (wire_frame_body (&empty));
  g_assert_cmpstr (wire_state_name (GATE__V1__STATE__ST_ACTIVE), ==, "active");
  g_assert_cmpstr (wire_role_name (GATE__V1__ROLE__AGENT), ==, "agent");
  g_assert_cmpstr (wire_channel_name (GATE__V1__CHANNEL__CH_WECHAT_MP), ==, "wechat_mp");
  g_assert_null (wire_state_name (99));
  g_assert_true (wire_enum_value (&gate__v1__state__descriptor, "held", 4, &value));
  g_assert_cmpint (value, ==, GATE__V1__STATE__ST_HELD);
  g_assert_false (wire_enum_value (&gate__v1__state__descriptor, "hel", 3, &value));
  for (int i = WIRE_OK; i <= WIRE_EXPIRED; i++)
    g_assert_nonnull (wire_status_name ((WireStatus) i));
}

static void
test_peek_id (void)
{
  g_assert_cmpuint (wire_frame_peek_id ((const guint8 *) "\x32\x00\x08\x07", 4), ==, 7);
  g_assert_cmpuint (wire_frame_peek_id ((const guint8 *) "\x08\x07\x12\xff", 4), ==, 7);
  g_assert_cmpuint (wire_frame_peek_id ((const guint8 *) "\x32\xff\x08\x07", 4), ==, 0);
  g_assert_cmpuint (wire_frame_peek_id ((const guint8 *) "\x08\x80\x80\x80\x80\x10", 6), ==, 0);
  g_assert_cmpuint (wire_frame_peek_id ((const guint8 *) "\x00\x07", 2), ==, 0);
  g_assert_cmpuint (wire_frame_peek_id (NULL, 0), ==, 0);
}

/* Once the arena has grown, a frame costs no allocation. */
static void
test_steady_arena (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GBytes) bytes = from_hex (vectors[0].hex);
  Gate__V1__Frame *first = NULL;
  Gate__V1__Frame *frame = NULL;

  g_assert_cmpint (unpack (arena, bytes, &first), ==, WIRE_OK);
  for (guint i = 0; i < 100; i++) {
    wire_arena_reset (arena);
    g_assert_cmpint (unpack (arena, bytes, &frame), ==, WIRE_OK);
    g_assert_true (frame == first);
    g_assert_cmpuint (wire_arena_used_bytes (arena), <, 1024);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/frame/vector/%zu", i);
    g_autofree char *prefixes = g_strdup_printf ("/wire/frame/prefixes/%zu", i);

    g_test_add_data_func (path, &vectors[i], test_vector);
    g_test_add_data_func (prefixes, &vectors[i], test_prefixes);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/frame/check/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/wire/frame/depth-bomb", test_depth_bomb);
  g_test_add_func ("/wire/frame/memory-bomb", test_memory_bomb);
  g_test_add_func ("/wire/frame/text-limit", test_text_limit);
  g_test_add_func ("/wire/frame/other-limits", test_other_limits);
  g_test_add_func ("/wire/frame/schema-fits", test_schema_fits);
  g_test_add_func ("/wire/frame/random", test_random);
  g_test_add_func ("/wire/frame/equal", test_equal);
  g_test_add_func ("/wire/frame/names", test_names);
  g_test_add_func ("/wire/frame/peek-id", test_peek_id);
  g_test_add_func ("/wire/frame/steady-arena", test_steady_arena);
  return g_test_run ();
}
