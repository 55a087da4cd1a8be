/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every scalar of server.yaml: `SYSTEMS.md` 5.4. The order is that of the reference (--dump-default). Keys of parts that are not
 * built yet are read and checked all the same, so that one file serves every version.
 */
#include "config.h"

#include "gate-config-private.h"

#define K         ((gint64) 1024)
#define M         (K * K)
#define SECOND_MS ((gint64) 1000)
#define HOUR_MS   (3600 * SECOND_MS)
#define DAY_MS    (24 * HOUR_MS)

/* clang-format off */
#define STRING(path, fallback, reload, help)              { path, GATE_CONFIG_STRING, fallback, 0, 0, reload, help, NULL, FALSE, FALSE }
#define SECRET(path, fallback, reload, help)              { path, GATE_CONFIG_STRING, fallback, 0, 0, reload, help, NULL, TRUE, FALSE }
#define ADDRESS(path, fallback, reload, help)             { path, GATE_CONFIG_ADDRESS, fallback, 0, 0, reload, help, NULL, FALSE, FALSE }
#define CHOICE(path, fallback, choices, reload, help)     { path, GATE_CONFIG_CHOICE, fallback, 0, 0, reload, help, choices, FALSE, FALSE }
#define LIST(path, fallback, reload, help)                { path, GATE_CONFIG_LIST, fallback, 0, 0, reload, help, NULL, FALSE, FALSE }
#define INT(path, fallback, min, max, reload, help)       { path, GATE_CONFIG_INT, fallback, min, max, reload, help, NULL, FALSE, FALSE }
#define AUTO(path, fallback, min, max, reload, help)      { path, GATE_CONFIG_AUTO_INT, fallback, min, max, reload, help, NULL, FALSE, FALSE }
#define BOOL(path, fallback, reload, help)                { path, GATE_CONFIG_BOOL, fallback, 0, 1, reload, help, NULL, FALSE, FALSE }
#define DURATION(path, fallback, min, max, reload, help)  { path, GATE_CONFIG_DURATION, fallback, min, max, reload, help, NULL, FALSE, FALSE }
#define BYTES(path, fallback, min, max, reload, help)     { path, GATE_CONFIG_BYTES, fallback, min, max, reload, help, NULL, FALSE, FALSE }
#define BARE_DURATION(path, fallback, min, max, reload, help) \
                                                          { path, GATE_CONFIG_DURATION, fallback, min, max, reload, help, NULL, FALSE, TRUE }
#define BARE_BYTES(path, fallback, min, max, reload, help) \
                                                          { path, GATE_CONFIG_BYTES, fallback, min, max, reload, help, NULL, FALSE, TRUE }
#define LIVE    GATE_RELOAD_LIVE
#define NEW     GATE_RELOAD_NEW_CONNECTIONS
#define RESTART GATE_RELOAD_RESTART

const GateConfigKey gate_config_keys[] = {
  STRING   ("node.id", "auto", RESTART, "name of this node; auto makes one and keeps it in the data folder"),
  STRING   ("node.zone", "a", RESTART, "where the node stands, for placing work in a cluster"),

  ADDRESS  ("listen.client", "0.0.0.0:8000", RESTART, "visitors, consoles and the API"),
  ADDRESS  ("listen.ops", "127.0.0.1:9000", RESTART, "health and metrics, for operators only"),
  INT      ("listen.backlog", "65535", 1, 65535, RESTART, "connections that may wait to be accepted"),
  LIST     ("listen.proxy_protocol", "", NEW, "addresses whose PROXY header is believed"),

  STRING   ("tls.cert", "", NEW, "PEM file: the certificate, then what leads to the root; empty = clear text alone"),
  STRING   ("tls.key", "", NEW, "PEM file with its private key, without a passphrase, not for everybody to read"),
  CHOICE   ("tls.min", "1.2", " 1.2 1.3 ", NEW, "oldest protocol version taken"),
  BOOL     ("tls.tickets", "true", NEW, "whether clients may resume a TLS session for 12 hours"),

  AUTO     ("io.worker_pool", "auto", 1, 78, RESTART, "edge processes; auto = one a core, more when descriptors run short"),
  BARE_BYTES ("io.max_packet", "64k", K, 240 * K, NEW, "largest frame of a visitor; agents may send four times as much"),
  BARE_DURATION ("io.flush_interval", "10ms", 0, SECOND_MS, LIVE, "how long frames nobody waits for may wait for company"),
  INT      ("io.max_connections", "1000000", 1, 100000000, LIVE, "client connections of the whole node"),
  BYTES    ("io.send_buffer", "256k", 16 * K, 64 * M, NEW, "unsent bytes of a slow visitor before its connection is closed"),
  INT      ("io.fds_reserved", "64", 16, 4096, RESTART, "descriptors of a process kept for other things than clients"),

  DURATION ("session.ping", "30s", SECOND_MS, HOUR_MS, NEW, "how often clients send a heartbeat"),
  DURATION ("session.idle", "3m", 200, DAY_MS, NEW, "silence after which a connection is closed"),
  DURATION ("session.resume", "3m", SECOND_MS, DAY_MS, NEW, "how long a session waits for its client to come back"),
  DURATION ("session.hello_timeout", "5s", 100, 60 * SECOND_MS, NEW, "time a new connection has to say hello; twice that for its HTTP head"),
  DURATION ("session.drain", "5s", 0, 600 * SECOND_MS, LIVE, "time over which clients are sent away at shutdown"),

  CHOICE   ("store.driver", "sqlite", " sqlite postgres ", RESTART, "where conversations are kept"),
  SECRET   ("store.url", "usher.db", RESTART, "a file inside the data folder, or postgres://…"),
  INT      ("store.batch", "256", 1, 1000, LIVE, "rows in one transaction under load"),

  BYTES    ("media.max_bytes", "20m", K, 1024 * M, LIVE, "largest picture or file"),
  DURATION ("media.url_ttl", "24h", 60 * SECOND_MS, 30 * DAY_MS, LIVE, "how long a link to one is good"),

  DURATION ("conversation.edit_window", "2m", 0, DAY_MS, LIVE, "how long a message may be edited or recalled"),
  DURATION ("conversation.offer", "20s", SECOND_MS, 600 * SECOND_MS, LIVE, "time an agent has to accept"),
  DURATION ("conversation.owner_grace", "60s", 0, HOUR_MS, LIVE, "time a disconnected agent keeps their chats"),
  DURATION ("conversation.visitor_grace", "60s", 0, HOUR_MS, LIVE, "time a disconnected visitor keeps their place"),
  DURATION ("conversation.wrapup", "60s", 0, HOUR_MS, LIVE, "time for the disposition after a chat"),
  DURATION ("conversation.reopen", "24h", 0, 30 * DAY_MS, LIVE, "how long a closed conversation may be taken up again"),
  BOOL     ("conversation.sneak_peek", "false", LIVE, "whether agents see what visitors type before it is sent"),

  STRING   ("geo.database", "", RESTART, "a .mmdb file that says where visitors are, for staff; empty = nobody knows"),
  CHOICE   ("geo.language", "en", " en zh-CN ", RESTART, "of the places, where the file has names in it"),

  BOOL     ("cluster.enable", "false", RESTART, "whether this node is one of several"),
  LIST     ("cluster.redis", "redis://127.0.0.1:6379", RESTART, "the bus between nodes"),
  LIST     ("cluster.etcd.endpoints", "", RESTART, "membership and policy"),
  DURATION ("cluster.etcd.dial_timeout", "3s", 100, 60 * SECOND_MS, RESTART, "time for one attempt to connect"),
  DURATION ("cluster.etcd.auto_sync_interval", "5m", SECOND_MS, DAY_MS, RESTART, "how often the list of members is read again"),
  DURATION ("cluster.etcd.lease", "10s", 2 * SECOND_MS, 600 * SECOND_MS, RESTART, "silence after which a node counts as lost"),

  INT      ("limits.messages_per_s", "5", 0, 1000000, NEW, "messages a visitor may send; 0 = no limit"),
  INT      ("limits.messages_burst", "20", 0, 1000000, NEW, "messages at once on top of that rate"),
  INT      ("limits.frames_per_s", "20", 0, 1000000, NEW, "frames of any kind that a visitor may send, an agent sixteen times as many; 0 = no limit"),
  INT      ("limits.connections_per_ip", "200", 0, 1000000, NEW, "connections of one address or IPv6 /64; 0 = no limit"),
  INT      ("limits.connects_per_ip_per_s", "20", 0, 1000000, NEW, "new connections of one address; 0 = no limit"),
  INT      ("limits.agent_reserve", "20", 0, 90, NEW, "percent of connections that visitors do not get; 0 = none"),
  INT      ("limits.conversations_per_ip", "60", 0, 1000000, LIVE, "conversations one address may open in 12 hours; 0 = no limit"),

  BOOL     ("demo", "false", RESTART, "serve the demo shop at /demo"),

  CHOICE   ("log.level", "info", " debug info warning error ", LIVE, "the least that is logged"),
  CHOICE   ("log.format", "json", " json text ", RESTART, "for programs or for people"),
  BOOL     ("metrics.enable", "true", RESTART, "whether /metrics answers"),
};
/* clang-format on */

const guint gate_config_n_keys = G_N_ELEMENTS (gate_config_keys);
