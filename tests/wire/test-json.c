/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "wire-json.h"

#include <string.h>

#include "wire-random.h"

typedef struct {
  const char *name;
  const char *text;
  WireStatus expected;
} Case;

/* `PROTOCOLS.md` 2d.4, with the places that are “…” there filled in; keys in the order of the fields, so that writing
 * gives the same text again. */
static const char *const lines[] = {
  "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\",\"app\":\"ak_3f9d27c1\",\"dev\":\"d1\",\"loc\":\"zh-CN\","
  "\"caps\":[\"batch\"]}",
  "{\"t\":\"auth\",\"id\":2,\"token\":\"abc\"}",
  "{\"t\":\"auth\",\"id\":2,\"visitor\":\"user-42\","
  "\"sig\":\"2fd5f25b4f2cad5cd4f3560150bfba3c477ff5a3b99bbb65a9871774a8b0878e\"}",
  "{\"t\":\"welcome\",\"id\":2,\"sid\":7001,\"self\":9001,\"rt\":\"r1.abc\",\"rttl\":180,\"ping\":30,\"idle\":180,"
  "\"max\":65536,\"ts\":1767225600000,\"convs\":[{\"conv\":300,\"seq\":12,\"ep\":3}],\"log\":5501,"
  "\"visitor\":\"vk_abc\"}",
  "{\"t\":\"resume\",\"id\":1,\"token\":\"r1.abc\",\"have\":[{\"conv\":300,\"seq\":10,\"ep\":3}],\"log\":5501}",
  "{\"t\":\"open\",\"id\":3,\"q\":\"presale\",\"skills\":[\"zh\"],\"subject\":\"size\","
  "\"first\":{\"cid\":\"9f00000000000001\",\"text\":\"hi\"}}",
  "{\"t\":\"msg\",\"id\":4,\"cid\":\"1122334455667788\",\"text\":\"你好\"}",
  "{\"t\":\"ack\",\"id\":4,\"conv\":300,\"seq\":12,\"ts\":1767225600123}",
  "{\"t\":\"msg\",\"conv\":300,\"seq\":13,\"ts\":1767225605000,\"role\":\"agent\",\"from\":42,\"text\":\"hi\"}",
  "{\"t\":\"msg\",\"id\":5,\"cid\":\"0000000000000001\",\"media\":{\"kind\":\"image\",\"url\":\"/media/ab\","
  "\"mime\":\"image/png\",\"size\":48211,\"w\":800,\"h\":600}}",
  "{\"t\":\"typing\",\"on\":true}",
  "{\"t\":\"read\",\"seq\":13}",
  "{\"t\":\"ping\",\"n\":3}",
  "{\"t\":\"pong\",\"n\":3}",
  "{\"t\":\"queue\",\"conv\":300,\"pos\":3,\"eta\":75,\"q\":\"presale\",\"size\":9}",
  "{\"t\":\"assign\",\"conv\":300,\"agent\":42,\"name\":\"小美\",\"q\":\"presale\",\"why\":\"routed\",\"ep\":4}",
  "{\"t\":\"presence\",\"conv\":300,\"role\":\"agent\",\"who\":42,\"state\":\"online\"}",
  "{\"t\":\"conv\",\"conv\":300,\"state\":\"active\",\"tags_add\":[\"vip\"],\"ep\":4}",
  "{\"t\":\"history\",\"id\":6,\"conv\":300,\"before\":13,\"limit\":50}",
  "{\"t\":\"page\",\"id\":6,\"conv\":300,\"messages\":[{\"seq\":12,\"text\":\"hi\"}],\"more\":true,\"head\":13}",
  "{\"t\":\"rate\",\"id\":7,\"score\":5,\"of\":5,\"comment\":\"fast\"}",
  "{\"t\":\"error\",\"id\":4,\"code\":429,\"slug\":\"rate_limited\",\"detail\":\"5 messages a second\",\"retry\":1500}",
  "{\"t\":\"bye\",\"reason\":\"drain\",\"delay\":42000}",
  "{\"t\":\"status\",\"id\":1,\"cap\":5,\"present\":true,\"accepting\":true}",
  "{\"t\":\"sub\",\"id\":2,\"list\":\"queue\"}",
  "{\"t\":\"list\",\"id\":2,\"list\":\"queue\",\"reset\":true,\"convs\":[{\"conv\":300,\"state\":\"queued\",\"ep\":2,"
  "\"ch\":\"web\",\"name\":\"王\",\"q\":\"presale\",\"last_text\":\"hi\",\"waiting_since\":1767225600000}],\"total\":7}",
  "{\"t\":\"offer\",\"conv\":300,\"ep\":3,\"deadline\":1767225620000,\"why\":\"routed\","
  "\"reason\":\"2 of 5 chats, idle 40 s\",\"row\":{\"conv\":300,\"name\":\"王\"}}",
  "{\"t\":\"answer\",\"id\":3,\"conv\":300,\"ep\":3,\"accept\":true}",
  "{\"t\":\"offer_gone\",\"conv\":300,\"reason\":\"taken\"}",
  "{\"t\":\"claim\",\"id\":4,\"conv\":300,\"ep\":3,\"mode\":\"step_in\"}",
  "{\"t\":\"msg\",\"id\":5,\"conv\":300,\"cid\":\"1122334455667788\",\"text\":\"hi\",\"seen\":13}",
  "{\"t\":\"msg\",\"id\":6,\"conv\":300,\"cid\":\"0000000000000002\",\"flags\":4,\"replaces\":14}",
  "{\"t\":\"transfer\",\"id\":7,\"conv\":300,\"q\":\"tech\",\"ep\":4}",
  "{\"t\":\"hold\",\"id\":8,\"conv\":300,\"ep\":4,\"on\":true}",
  "{\"t\":\"snooze\",\"id\":9,\"conv\":300,\"ep\":4,\"until\":1767229200000}",
  "{\"t\":\"note\",\"id\":10,\"conv\":300,\"text\":\"call back\",\"mentions\":[43],\"cid\":\"0000000000000003\"}",
  "{\"t\":\"watch\",\"conv\":300,\"on\":true}",
  "{\"t\":\"viewers\",\"conv\":300,\"agents\":[42,43],\"typing\":[43]}",
  "{\"t\":\"close\",\"id\":11,\"conv\":300,\"reason\":\"solved\",\"ep\":4}",
  "{\"t\":\"wrapup\",\"id\":12,\"conv\":300,\"ep\":5,\"code\":\"refund\",\"result\":\"solved\"}",
  /* and what the section says in words */
  "{\"t\":\"batch\",\"frames\":[{\"t\":\"pong\",\"n\":3},{\"t\":\"typing\",\"id\":4,\"on\":true}]}",
  "{\"t\":\"msg\",\"text\":\"\",\"ext\":{\"wx\":[1,2,{\"a\":\"b\"}]}}",
  "{\"t\":\"msg\",\"sealed\":\"AQID_-8\"}",
  "{\"t\":\"msg\",\"event\":{\"name\":\"order\",\"data\":{\"no\":\"12\",\"sum\":9.5}}}",
  "{\"t\":\"msg\",\"location\":{\"lat_e6\":-31230000,\"lon_e6\":121470000}}",
  "{\"t\":\"keys\",\"records\":[\"AQ\",\"Ag\"]}",
  "{\"t\":\"hello\",\"ch\":\"wechat_mp\",\"ua\":\"tab\\tquote\\\"back\\\\ bell\\u0007 last\\u001f\"}",
  "{\"t\":\"presence\",\"state\":77}",
  "{\"t\":\"upload\",\"mime\":\"image/png\",\"size\":3,\"sha256\":\"00ff10\"}",
};

static const Case cases[] = {
  { "spaces", " { \"t\" : \"ping\" ,\r\n\t\"n\" : 3 } ", WIRE_OK },
  { "t-last", "{\"n\":3,\"id\":9,\"t\":\"ping\"}", WIRE_OK },
  { "escaped-keys", "{\"\\u0074\":\"ping\",\"\\u006e\":3}", WIRE_OK },
  { "unknown-key", "{\"t\":\"ping\",\"x\":{\"y\":[1,2.5e3,null,true,\"\\ud83d\\ude00\"]},\"n\":3}",
    WIRE_OK },
  { "unknown-key-twice", "{\"t\":\"ping\",\"x\":1,\"x\":2}", WIRE_OK },
  { "unknown-kind", "{\"t\":\"later\",\"id\":3,\"n\":{}}", WIRE_OK },
  { "t-of-a-number-field", "{\"t\":\"id\",\"id\":3}", WIRE_OK },
  { "null-is-absent", "{\"t\":\"typing\",\"on\":null,\"preview\":null}", WIRE_OK },
  { "long-name-is-unknown", "{\"t\":\"hello\",\"version\":[[]]}", WIRE_OK },
  { "enum-number", "{\"t\":\"presence\",\"state\":4}", WIRE_OK },
  { "surrogate-pair", "{\"t\":\"msg\",\"text\":\"\\ud83d\\ude00\"}", WIRE_OK },
  { "depth-8", "{\"t\":\"ping\",\"x\":[[[[[[[1]]]]]]]}", WIRE_OK },
  { "int-of-2^53-1", "{\"t\":\"read\",\"seq\":9007199254740991}", WIRE_OK },
  { "minus-zero", "{\"t\":\"read\",\"seq\":-0}", WIRE_OK },
  { "depth-9", "{\"t\":\"ping\",\"x\":[[[[[[[[1]]]]]]]]}", WIRE_BAD_FRAME },
  { "depth-9-objects",
    "{\"t\":\"ping\",\"x\":{\"x\":{\"x\":{\"x\":{\"x\":{\"x\":{\"x\":{\"x\":{}}}}}}}}}",
    WIRE_BAD_FRAME },
  { "empty", "", WIRE_BAD_FRAME },
  { "blank", "  ", WIRE_BAD_FRAME },
  { "array", "[{\"t\":\"ping\"}]", WIRE_BAD_FRAME },
  { "string", "\"ping\"", WIRE_BAD_FRAME },
  { "null", "null", WIRE_BAD_FRAME },
  { "no-t", "{\"n\":3}", WIRE_BAD_FRAME },
  { "empty-object", "{}", WIRE_BAD_FRAME },
  { "t-is-a-number", "{\"t\":3}", WIRE_BAD_FRAME },
  { "two-t", "{\"t\":\"ping\",\"t\":\"pong\"}", WIRE_BAD_FRAME },
  { "two-ids", "{\"t\":\"ping\",\"id\":1,\"id\":1}", WIRE_BAD_FRAME },
  { "two-of-a-key", "{\"t\":\"ping\",\"n\":1,\"n\":1}", WIRE_BAD_FRAME },
  { "text-and-media", "{\"t\":\"msg\",\"text\":\"a\",\"media\":{}}", WIRE_BAD_FRAME },
  { "batch-in-batch", "{\"t\":\"batch\",\"frames\":[{\"t\":\"batch\"}]}", WIRE_BAD_FRAME },
  { "two-values", "{\"t\":\"ping\"}{}", WIRE_BAD_FRAME },
  { "trailing-comma", "{\"t\":\"ping\",}", WIRE_BAD_FRAME },
  { "leading-comma", "{,\"t\":\"ping\"}", WIRE_BAD_FRAME },
  { "array-trailing-comma", "{\"t\":\"hello\",\"caps\":[\"a\",]}", WIRE_BAD_FRAME },
  { "array-without-comma", "{\"t\":\"hello\",\"caps\":[\"a\" \"b\"]}", WIRE_BAD_FRAME },
  { "array-of-null", "{\"t\":\"hello\",\"caps\":[null]}", WIRE_BAD_FRAME },
  { "no-array", "{\"t\":\"hello\",\"caps\":\"a\"}", WIRE_BAD_FRAME },
  { "no-colon", "{\"t\" \"ping\"}", WIRE_BAD_FRAME },
  { "single-quotes", "{'t':'ping'}", WIRE_BAD_FRAME },
  { "comment", "/**/{\"t\":\"ping\"}", WIRE_BAD_FRAME },
  { "bare-key", "{t:\"ping\"}", WIRE_BAD_FRAME },
  { "byte-order-mark", "\xEF\xBB\xBF{\"t\":\"ping\"}", WIRE_BAD_FRAME },
  { "int-of-2^53", "{\"t\":\"read\",\"seq\":9007199254740992}", WIRE_BAD_FRAME },
  { "int-of-17-digits", "{\"t\":\"read\",\"seq\":00000000000000001}", WIRE_BAD_FRAME },
  { "leading-zero", "{\"t\":\"read\",\"seq\":012}", WIRE_BAD_FRAME },
  { "negative", "{\"t\":\"read\",\"seq\":-1}", WIRE_BAD_FRAME },
  { "fraction", "{\"t\":\"read\",\"seq\":1.0}", WIRE_BAD_FRAME },
  { "exponent", "{\"t\":\"read\",\"seq\":1e3}", WIRE_BAD_FRAME },
  { "number-as-text", "{\"t\":\"read\",\"seq\":\"1\"}", WIRE_BAD_FRAME },
  { "uint32-of-33-bits", "{\"t\":\"ping\",\"n\":4294967296}", WIRE_BAD_FRAME },
  { "id-of-33-bits", "{\"t\":\"ping\",\"id\":4294967296}", WIRE_BAD_FRAME },
  { "sint32-too-small", "{\"t\":\"msg\",\"location\":{\"lat_e6\":-2147483649}}", WIRE_BAD_FRAME },
  { "bool-as-number", "{\"t\":\"typing\",\"on\":1}", WIRE_BAD_FRAME },
  { "unknown-enum-name", "{\"t\":\"presence\",\"state\":\"gone\"}", WIRE_BAD_FRAME },
  { "enum-in-capitals", "{\"t\":\"presence\",\"state\":\"ONLINE\"}", WIRE_BAD_FRAME },
  { "negative-enum", "{\"t\":\"presence\",\"state\":-1}", WIRE_BAD_FRAME },
  { "cid-of-15-digits", "{\"t\":\"msg\",\"cid\":\"112233445566778\"}", WIRE_BAD_FRAME },
  { "cid-in-capitals", "{\"t\":\"msg\",\"cid\":\"11223344556677AA\"}", WIRE_BAD_FRAME },
  { "cid-as-number", "{\"t\":\"msg\",\"cid\":1}", WIRE_BAD_FRAME },
  { "hex-of-odd-length", "{\"t\":\"auth\",\"sig\":\"abc\"}", WIRE_BAD_FRAME },
  { "base64-with-padding", "{\"t\":\"msg\",\"sealed\":\"AQ==\"}", WIRE_BAD_FRAME },
  { "base64-with-loose-bits", "{\"t\":\"msg\",\"sealed\":\"AR\"}", WIRE_BAD_FRAME },
  { "ext-is-no-object", "{\"t\":\"msg\",\"ext\":[]}", WIRE_BAD_FRAME },
  { "body-field-is-no-object", "{\"t\":\"msg\",\"media\":3}", WIRE_BAD_FRAME },
  { "nul-escape", "{\"t\":\"msg\",\"text\":\"a\\u0000b\"}", WIRE_BAD_FRAME },
  { "nul-escape-in-unknown", "{\"t\":\"ping\",\"x\":\"\\u0000\"}", WIRE_BAD_FRAME },
  { "lone-high-surrogate", "{\"t\":\"msg\",\"text\":\"\\ud83d\"}", WIRE_BAD_FRAME },
  { "lone-low-surrogate", "{\"t\":\"msg\",\"text\":\"\\ude00\"}", WIRE_BAD_FRAME },
  { "high-and-no-low", "{\"t\":\"msg\",\"text\":\"\\ud83d\\u0041\"}", WIRE_BAD_FRAME },
  { "bad-escape", "{\"t\":\"msg\",\"text\":\"\\x\"}", WIRE_BAD_FRAME },
  { "bad-hex", "{\"t\":\"msg\",\"text\":\"\\u12g4\"}", WIRE_BAD_FRAME },
  { "raw-control", "{\"t\":\"msg\",\"text\":\"a\nb\"}", WIRE_BAD_FRAME },
  { "latin-1", "{\"t\":\"msg\",\"text\":\"caf\xe9\"}", WIRE_BAD_UTF8 },
  { "latin-1-in-unknown", "{\"t\":\"ping\",\"x\":\"caf\xe9\"}", WIRE_BAD_UTF8 },
  { "overlong", "{\"t\":\"msg\",\"text\":\"\xc0\xaf\"}", WIRE_BAD_UTF8 },
  { "unknown-number-beyond-double", "{\"t\":\"ping\",\"x\":1e400}", WIRE_BAD_FRAME },
};

static Gate__V1__Frame *
read_frame (WireArena  *arena,
            const char *text,
            gsize       n_bytes)
{
  Gate__V1__Frame *frame = NULL;

  g_assert_cmpint (wire_json_read_frame (arena, text, n_bytes, 1 << 20, &frame), ==, WIRE_OK);
  return frame;
}

static void
test_line (gconstpointer user_data)
{
  const char *line = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  Gate__V1__Frame *frame = read_frame (arena, line, strlen (line));
  Gate__V1__Frame *unpacked = NULL;

  wire_json_write_frame (&out, frame);
  wire_buffer_append_byte (&out, '\0');
  g_assert_cmpstr ((const char *) out.data, ==, line);
  /* And by way of protobuf. */
  wire_frame_pack (frame, &packed);
  g_assert_cmpint (wire_frame_unpack (arena, packed.data, packed.n_bytes, 65536, &unpacked), ==,
                   WIRE_OK);
  out.n_bytes = 0;
  wire_json_write_frame (&out, unpacked);
  wire_buffer_append_byte (&out, '\0');
  g_assert_cmpstr ((const char *) out.data, ==, line);
}

/* No beginning of a frame is a frame. */
static void
test_prefixes (gconstpointer user_data)
{
  const char *line = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (4096);

  for (gsize n = 0; n < strlen (line); n++) {
    g_autofree char *copy = g_memdup2 (line, MAX (n, 1));
    Gate__V1__Frame *frame = NULL;
    WireStatus status = wire_json_read_frame (arena, copy, n, 65536, &frame);

    g_assert_true (status == WIRE_BAD_FRAME || status == WIRE_BAD_UTF8);
    wire_arena_reset (arena);
  }
}

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Gate__V1__Frame *frame = NULL;

  g_assert_cmpstr (wire_status_name (
                     wire_json_read_frame (arena, c->text, strlen (c->text), 65536, &frame)),
                   ==, wire_status_name (c->expected));
}

static void
test_values (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  const char *text = "{\"n\":3,\"id\":9,\"t\":\"ping\"}";
  Gate__V1__Frame *frame = read_frame (arena, text, strlen (text));

  g_assert_cmpuint (frame->id, ==, 9);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_PING);
  g_assert_cmpuint (frame->ping->n, ==, 3);
  text = "{\"t\":\"msg\",\"text\":\"\\ud83d\\ude00\\n\\/\\u4f60\",\"cid\":\"00000000000000ff\"}";
  frame = read_frame (arena, text, strlen (text));
  g_assert_cmpstr (frame->message->text, ==, "\xF0\x9F\x98\x80\n/你");
  g_assert_cmpuint (frame->message->cid, ==, 255);
  text = "{\"t\":\"later\",\"id\":3}";
  frame = read_frame (arena, text, strlen (text));
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY__NOT_SET);
  g_assert_cmpuint (frame->id, ==, 3);
}

static void
test_limits (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autofree char *long_text = g_strnfill (4097, 'x');
  g_autofree char *msg = g_strdup_printf ("{\"t\":\"msg\",\"text\":\"%s\"}", long_text);
  g_autofree char *ext = g_strdup_printf ("{\"t\":\"msg\",\"ext\":{\"a\":\"%s\"}}", long_text);
  g_autoptr (GString) rows = g_string_new ("{\"t\":\"list\",\"convs\":[{}");
  Gate__V1__Frame *frame = NULL;

  g_assert_cmpint (wire_json_read_frame (arena, msg, strlen (msg), 65536, &frame), ==,
                   WIRE_TOO_LARGE);
  g_assert_cmpint (wire_json_read_frame (arena, ext, strlen (ext), 65536, &frame), ==,
                   WIRE_TOO_LARGE);
  g_assert_cmpint (wire_json_read_frame (arena, msg, strlen (msg), strlen (msg) - 1, &frame), ==,
                   WIRE_TOO_LARGE);
  wire_arena_reset (arena);
  while (rows->len < 65000)
    g_string_append (rows, ",{}");
  g_string_append (rows, "]}");
  g_assert_cmpint (wire_json_read_frame (arena, rows->str, rows->len, 65536, &frame), ==,
                   WIRE_TOO_LARGE);
  g_assert_cmpuint (wire_arena_used_bytes (arena), <=, 16 * 65536);
}

static void
test_peek_id (void)
{
  static const struct {
    const char *text;
    guint32 id;
  } texts[] = {
    { "{\"t\":\"msg\",\"id\":7,\"text\":\"\\u0000\"}", 7 },
    { "{\"x\":[{}],\"id\":4294967295}", G_MAXUINT32 },
    { "{\"id\":4294967296}", 0 },
    { "{\"id\":-1}", 0 },
    { "{\"id\":\"7\"}", 0 },
    { "{\"x\":}", 0 },
    { "{\"t\":1}", 0 },
    { "[7]", 0 },
    { "", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpuint (wire_json_peek_id (texts[i].text, strlen (texts[i].text)), ==, texts[i].id);
}

/* Whoever filled in a field that must hold JSON: it cannot break out of ours. */
static void
test_writer_guards_json (void)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;

  message.ext = (ProtobufCBinaryData){ 11, (guint8 *) "{},\"seq\":99" };
  wire_json_write_frame (&out, &frame);
  wire_buffer_append_byte (&out, '\0');
  g_assert_cmpstr ((const char *) out.data, ==, "{\"t\":\"msg\",\"ext\":null}");
}

static void
test_bodyless (void)
{
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;

  frame.id = 5;
  wire_json_write_frame (&out, &frame);
  wire_buffer_append_byte (&out, '\0');
  g_assert_cmpstr ((const char *) out.data, ==, "{\"t\":\"none\",\"id\":5}");
}

static void
test_random (void)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260102);

  g_test_message ("seed 20260102");
  for (guint i = 0; i < n_kinds * 60; i++) {
    g_autoptr (WireArena) arena = wire_arena_new (4096);
    g_auto (WireBuffer) out = WIRE_BUFFER_INIT;
    Gate__V1__Frame *frame = wire_random_frame (arena, rand, kinds[i % n_kinds]);
    Gate__V1__Frame *back;

    wire_json_write_frame (&out, frame);
    back = read_frame (arena, (const char *) out.data, out.n_bytes);
    if (!wire_message_equal (&frame->base, &back->base))
      g_error ("changed on the way: %.*s", (int) out.n_bytes, (const char *) out.data);
    g_assert_cmpint (wire_json_scan_object ((const char *) out.data, out.n_bytes, 8), ==, WIRE_OK);
    g_assert_cmpuint (wire_json_peek_id ((const char *) out.data, out.n_bytes), ==, frame->id);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/json/line/%zu", i);
    g_autofree char *prefixes = g_strdup_printf ("/wire/json/prefixes/%zu", i);

    g_test_add_data_func (path, lines[i], test_line);
    g_test_add_data_func (prefixes, lines[i], test_prefixes);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/json/read/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/wire/json/values", test_values);
  g_test_add_func ("/wire/json/limits", test_limits);
  g_test_add_func ("/wire/json/peek-id", test_peek_id);
  g_test_add_func ("/wire/json/writer-guards-json", test_writer_guards_json);
  g_test_add_func ("/wire/json/bodyless", test_bodyless);
  g_test_add_func ("/wire/json/random", test_random);
  return g_test_run ();
}
