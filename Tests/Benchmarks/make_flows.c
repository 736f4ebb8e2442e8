// Writes flow exports of an invented firm, the same for the same arguments, a file a day:
//   cc -O2 -o make_flows make_flows.c -lm
//   make_flows FOLDER ROWS DAYS             FOLDER/flows-2026-03-02.csv and on, at most 30 days
//   make_flows FOLDER ROWS DAYS quoted      the same, all fields in quotes, and a rule's name more
//   make_flows FOLDER ROWS DAYS zeek        conversations of both ways: conn.2026-03-02.log and on
//   make_flows FOLDER ROWS DAYS nfdump 3 5  as the first, but only its days 3 and 4, counted from 0
// Rows are nfdump's CSV cut to 19 columns: one-way records, most followed by their answer; or Zeek's
// connection log. 320 hosts follow a working week; each has its own favourite servers among 300,000
// outside, and some conversations go elsewhere. A tenth comes from outside, half of that in vain.
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { workstations = 300, servers = 20, favourites = 60, outside_hosts = 300000 };

static const int hour_weights[24] = {2, 2, 2, 2, 2, 3, 5, 9, 14, 16, 16, 15,
                                     13, 15, 16, 15, 14, 11, 8, 6, 5, 4, 3, 2};
static const int outside_ports[] = {443, 443, 443, 80, 443, 53, 443, 123, 993, 8080, 22, 3389};
static const int server_ports[] = {53, 445, 389, 88, 80, 443, 1433, 3128, 25, 9100};

static enum { plain, quoted, zeek } form;

static uint64_t state;

static uint64_t next_random(void) {
  state += 0x9E3779B97F4A7C15;
  uint64_t z = state;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

static double uniform(void) { return (double)(next_random() >> 11) * 0x1p-53; }

// A number below `count`, small ones often: roughly Zipf with exponent 1.
static int skewed(int count) { return (int)(exp(uniform() * log(count + 1.0))) - 1; }

// About e^mean, spread like sizes and durations are.
static double lognormal(double mean, double deviation) {
  double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
  return exp(mean + deviation * normal);
}

static uint32_t mix(uint32_t x) {
  x = (x ^ x >> 16) * 0x7FEB352D;
  x = (x ^ x >> 15) * 0x846CA68B;
  return x ^ x >> 16;
}

typedef struct {
  char client[48], server[48];
  int client_port, server_port, flow_protocol, is_answered;
} conversation;

enum { icmp = 1, tcp = 6, udp = 17 };

static void inside_address(char *out, int host, int is_ipv6) {
  int is_server = host >= workstations;
  int number = is_server ? host - workstations + 1 : 1 + host % 100;
  int network = is_server ? 10 : 1 + host / 100;
  if (is_ipv6) sprintf(out, "2001:db8:%d::%x", network, number);
  else sprintf(out, "10.0.%d.%d", network, number);
}

// One outside host of twenty has an IPv6 address.
static int is_ipv6(uint32_t host) { return host % 20 == 7; }

static void outside_address(char *out, uint32_t host) {
  uint32_t x = mix(1u << 20 | host);
  if (is_ipv6(host)) sprintf(out, "2a0%u:%x:%x::%x", x % 10, x & 0xFFFF, x >> 16, x % 991);
  else sprintf(out, "%u.%u.%u.%u", 20 + x % 80, x >> 8 & 255, x >> 16 & 255, 1 + (x >> 24) % 254);
}

static conversation draw_conversation(void) {
  conversation c;
  double kind = uniform();
  c.client_port = 32768 + (int)(next_random() % 28232);
  c.flow_protocol = tcp;
  c.is_answered = uniform() < .96;
  if (kind < .7) {
    int client = kind < .65 ? skewed(workstations) : workstations + skewed(servers);
    uint32_t server = (uint32_t)skewed(outside_hosts);
    if (uniform() < .9)
      server = mix((uint32_t)client << 8 | (uint32_t)skewed(favourites)) % outside_hosts;
    inside_address(c.client, client, is_ipv6(server));
    outside_address(c.server, server);
    c.server_port = outside_ports[mix(server) % 12];
  } else if (kind < .9) {
    int server = skewed(servers);
    inside_address(c.client, skewed(workstations), 0);
    inside_address(c.server, workstations + server, 0);
    c.server_port = server_ports[(server + (uniform() < .1)) % 10];
  } else {
    int is_probe = kind >= .95;
    uint32_t client = (uint32_t)(is_probe ? uniform() * outside_hosts : skewed(outside_hosts));
    outside_address(c.client, client);
    inside_address(c.server, workstations + skewed(4), is_ipv6(client));
    c.server_port = is_probe ? 1 + skewed(65535) : 443;
    c.is_answered &= !is_probe;
  }
  if (c.server_port == 53 || c.server_port == 123 || (c.server_port == 443 && uniform() < .2))
    c.flow_protocol = udp;
  if (uniform() < .01) c.flow_protocol = icmp;
  if (c.flow_protocol == icmp) c.client_port = c.server_port = 0;
  return c;
}

// Writes a line of fields; where they are quoted, a rule's name besides, which holds a comma and now
// and then quotes.
static void write_line(FILE *file, const char *line, const char *rule) {
  if (form != quoted) {
    fprintf(file, "%s\n", line);
    return;
  }
  fputc('"', file);
  for (; *line; line++) {
    if (*line == ',') fputs("\",\"", file);
    else fputc(*line, file);
  }
  fprintf(file, "\",\"%s\"\n", rule);
}

static void write_record(FILE *file, const conversation *c, int is_answer, int64_t ms, int64_t took,
                         uint64_t packets, uint64_t bytes) {
  static const char *const flags[] = {"...AP.SF", "...AP.SF", "...APRSF", "...AP.S."};
  char start[24], end[24];
  int64_t times[2] = {ms, ms + took};
  char *texts[2] = {start, end};
  for (int i = 0; i < 2; i++) {
    int s = (int)(times[i] / 1000 % 86400);
    sprintf(texts[i], "2026-03-%02d %02d:%02d:%02d.%03d", (int)(times[i] / 86400000) + 2, s / 3600,
            s / 60 % 60, s % 60, (int)(times[i] % 1000));
  }
  // nfdump states an ICMP answer's type and code, here an echo's, in the destination port.
  int echo = c->flow_protocol == icmp && !is_answer ? 2048 : 0;
  char line[512];
  snprintf(line, sizeof line,
           "%s,%s,%d.%03d,%s,%s,%d,%d,%s,%s,0,0,%" PRIu64 ",%" PRIu64 ",0,0,%d,%d,0,%d", start, end,
           (int)(took / 1000), (int)(took % 1000), is_answer ? c->server : c->client,
           is_answer ? c->client : c->server, is_answer ? c->server_port : c->client_port,
           is_answer ? c->client_port : c->server_port + echo,
           c->flow_protocol == tcp ? "TCP" : c->flow_protocol == udp ? "UDP" : "ICMP",
           c->flow_protocol != tcp ? "........" : c->is_answered ? flags[bytes % 4] : "......S.",
           packets, bytes, 1 + (int)(bytes % 3), 1 + (int)(packets % 3), (int)(bytes % 65000));
  write_line(file, line, bytes % 10007 ? "Office, outbound" : "Office, \"\"old\"\" proxy");
}

static void write_connection(FILE *file, const conversation *c, int64_t ms, int64_t took,
                             const uint64_t packets[2], const uint64_t bytes[2]) {
  static const char *const states[] = {"SF", "SF", "RSTO", "S1"};
  const char *outcome = c->flow_protocol == tcp ? states[bytes[0] % 4] : "SF";
  if (!c->is_answered) outcome = "S0";
  const char *protocol = c->flow_protocol == tcp ? "tcp" : c->flow_protocol == udp ? "udp" : "icmp";
  int64_t seconds = 1772409600 + ms / 1000;  // after 2026-03-02
  fprintf(file,
          "%" PRId64 ".%03d000\tC%" PRIx64 "\t%s\t%d\t%s\t%d\t%s\t-\t%d.%03d000\t%" PRIu64
          "\t%" PRIu64 "\t%s\tT\tF\t0\tShADadFf\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
          "\t%" PRIu64 "\t-\n",
          seconds, (int)(ms % 1000), next_random(), c->client, c->client_port, c->server,
          c->server_port, protocol, (int)(took / 1000), (int)(took % 1000),
          bytes[0] - 28 * packets[0], bytes[1] - 28 * packets[1], outcome, packets[0], bytes[0],
          packets[1], bytes[1]);
}

// Writes a conversation's records; returns how many.
static int write_conversation(FILE *file, int64_t ms, int64_t day_end) {
  conversation c = draw_conversation();
  uint64_t packets = c.flow_protocol != tcp ? 1 + (uint64_t)skewed(8)
                     : c.is_answered        ? 3 + (uint64_t)lognormal(1.5, 1.2)
                                            : 1 + (uint64_t)skewed(3);
  int64_t took = packets == 1 ? 0 : (int64_t)lognormal(6 + .3 * log((double)packets), 1.5);
  if (took > day_end - ms - 200) took = day_end - ms - 200;
  if (took < 0) took = 0;
  uint64_t sent = packets * (40 + next_random() % 400);
  if (form != zeek) write_record(file, &c, 0, ms, took, packets, sent);
  if (!c.is_answered && form != zeek) return 1;
  uint64_t answers = c.is_answered ? packets + (uint64_t)(packets * uniform() * 2) : 0;
  uint64_t received = c.is_answered ? answers * (52 + next_random() % 1200) : 0;
  int64_t delay = c.is_answered ? (int64_t)(next_random() % 120) : 0;
  if (form == zeek) {
    uint64_t both_packets[2] = {packets, answers}, both_bytes[2] = {sent, received};
    write_connection(file, &c, ms, took, both_packets, both_bytes);
    return 1;
  }
  write_record(file, &c, 1, ms + delay, took, answers, received);
  return 2;
}

static int write_day(const char *folder, int day, int64_t rows) {
  state = 0x2545F4914F6CDD1D + ((uint64_t)day << 48);
  char path[4096];
  const char *name = form == zeek ? "%s/conn.2026-03-%02d.log" : "%s/flows-2026-03-%02d.csv";
  snprintf(path, sizeof path, name, folder, day + 2);
  FILE *file = fopen(path, "w");
  if (!file) return perror(path), 1;
  if (form == zeek)
    fputs("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
          "#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t"
          "service\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\t"
          "missed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\t"
          "tunnel_parents\n", file);
  else
    write_line(
        file, "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das", "rule");
  int weight_sum = 0, weights_before = 0;
  for (int hour = 0; hour < 24; hour++) weight_sum += hour_weights[hour];
  int64_t written = 0;
  for (int hour = 0; hour < 24; hour++) {
    int64_t first = rows * weights_before / weight_sum;
    weights_before += hour_weights[hour];
    int64_t last = rows * weights_before / weight_sum;
    while (written < last) {
      double part = (double)(written - first) / (double)(last - first);
      int64_t ms = (int64_t)((day * 24 + hour + part) * 3600000.);
      written += write_conversation(file, ms, (day + 1) * INT64_C(86400000));
    }
  }
  if (ferror(file) | fclose(file)) return perror(path), 1;
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 4 && strcmp(argv[4], "quoted") == 0) form = quoted;
  if (argc > 4 && strcmp(argv[4], "zeek") == 0) form = zeek;
  int is_known = argc == 4 || form != plain || (argc > 4 && strcmp(argv[4], "nfdump") == 0);
  int64_t rows = is_known && argc != 6 && argc < 8 ? atoll(argv[2]) : 0;
  int days = rows ? atoi(argv[3]) : 0;
  int first = argc == 7 ? atoi(argv[5]) : 0, end = argc == 7 ? atoi(argv[6]) : days;
  if (rows < 1 || days < 1 || days > 30 || first < 0 || end > days)
    return fputs("usage: make_flows FOLDER ROWS DAYS [nfdump|quoted|zeek [FIRST END]]\n", stderr), 64;
  int weekdays = 0;
  for (int day = 0; day < days; day++) weekdays += day % 7 < 5 ? 3 : 1;
  for (int day = first; day < end; day++)
    if (write_day(argv[1], day, rows * (day % 7 < 5 ? 3 : 1) / weekdays)) return 1;
  return 0;
}
