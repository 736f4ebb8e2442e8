// Writes flow exports for measuring ingest, the same for the same arguments:
//   cc -O2 -o make_flows make_flows.c -lm
//   make_flows plain 10000000 > flows.csv     nfdump's CSV cut to 19 columns, no quotes
//   make_flows quoted 4000000 > quoted.csv    a firewall's CSV, a quarter of its cells quoted
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 0x2545F4914F6CDD1D;

static uint64_t next_random(void) {
  state += 0x9E3779B97F4A7C15;
  uint64_t z = state;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

static double uniform(void) { return (double)(next_random() >> 11) * 0x1p-53; }

// A rank below `count`, frequent ones small: roughly Zipf with exponent 1.
static int skewed(int count) { return (int)(exp(uniform() * log(count + 1.0))) - 1; }

static uint32_t mix(uint32_t x) {
  x = (x ^ x >> 16) * 0x7FEB352D;
  x = (x ^ x >> 15) * 0x846CA68B;
  return x ^ x >> 16;
}

static int internal_address(char *out) {
  uint32_t x = mix((uint32_t)skewed(2000));
  return sprintf(out, "10.%u.%u.%u", x & 3, x >> 8 & 255, 1 + (x >> 16) % 254);
}

static int external_address(char *out) {
  uint32_t x = mix(1u << 20 | (uint32_t)skewed(300000));
  if (uniform() < .05) return sprintf(out, "2a0%u:%x:%x::%x", x % 10, x & 0xFFFF, x >> 16, x % 991);
  return sprintf(out, "%u.%u.%u.%u", 20 + x % 190, x >> 8 & 255, x >> 16 & 255, 1 + (x >> 24) % 254);
}

static int time_text(char *out, int64_t ms, int with_ms) {
  int s = (int)(ms / 1000 % 86400);
  int n = sprintf(out, "2026-10-%02d %02d:%02d:%02d", (int)(ms / 86400000) + 1, s / 3600,
                  s / 60 % 60, s % 60);
  return with_ms ? n + sprintf(out + n, ".%03d", (int)(ms % 1000)) : n;
}

static const int ports[] = {443, 53, 80, 445, 123, 22, 3389, 8080, 389, 88, 993, 161, 514, 21};
static const char *const flags[] = {"...AP.SF", "...APRSF", "...A..S.", "......S.",
                                    "...AP.S.", "...A...F", "...A.R..", "...AP..."};

static void plain_row(char *row, int64_t i, int64_t count) {
  char a[64], b[64], start[32], end[32];
  int64_t ms = (int64_t)((double)i / count * 86000000.) + (int64_t)(uniform() * 2000);
  int64_t took = uniform() < .45 ? 0 : (int64_t)(-log(uniform() + 1e-12) * 8000);
  int outbound = uniform() < .6;
  internal_address(outbound ? a : b);
  external_address(outbound ? b : a);
  double kind = uniform();
  int sp = 32768 + (int)(next_random() % 28232), dp = ports[skewed(14)];
  uint64_t packets = 1 + (uint64_t)exp(uniform() * uniform() * 9);
  time_text(start, ms, 1);
  time_text(end, ms + took, 1);
  if (kind >= .97) sp = dp = 0;
  sprintf(row, "%s,%s,%d.%03d,%s,%s,%d,%d,%s,%s,0,0,%lu,%lu,0,0,%d,%d,0,%d\n", start, end,
          (int)(took / 1000), (int)(took % 1000), a, b, outbound ? sp : dp, outbound ? dp : sp,
          kind < .7 ? "TCP" : kind < .97 ? "UDP" : "ICMP", kind < .7 ? flags[skewed(8)] : "........",
          packets, packets * (40 + next_random() % 1420), 1 + (int)(next_random() % 8),
          1 + (int)(next_random() % 8), (int)(next_random() % 65000));
}

static void quoted_row(char *row, int64_t i, int64_t count) {
  static const char *const rules[] = {"\"Allow, web out\"", "allow-dns", "\"Block \"\"old\"\" SMB\"",
                                      "\"VPN users, EU\"", "default-deny", "\"Guests, 5 GHz\""};
  char a[64], b[64], start[32];
  internal_address(a);
  external_address(b);
  time_text(start, (int64_t)((double)i / count * 86000000.), 0);
  uint64_t packets = 1 + (uint64_t)exp(uniform() * uniform() * 9);
  sprintf(row, "%s,012801096514,TRAFFIC,end,%s,%s,%s,\"corp\\user%d\",ssl,trust,untrust,%d,%d,%d,%s,%s,"
          "%lu,%lu,%lu,%d,\"business, low risk\",\"www.site%d.example.com/path?a=1,2&b=%d\",%s\n",
          start, a, b, rules[next_random() % 6], (int)(next_random() % 500),
          (int)(next_random() % 1000000), 32768 + (int)(next_random() % 28000), ports[skewed(14)],
          next_random() % 4 ? "tcp" : "udp", next_random() % 20 ? "allow" : "deny",
          packets * (40 + next_random() % 900), packets * (40 + next_random() % 1400), packets,
          (int)(next_random() % 90), skewed(300000), (int)(next_random() % 100000),
          next_random() % 100 ? "aged-out" : "\"aged out\nsee \"\"ticket\"\"\"");
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: make_flows plain|quoted ROWS\n"), 64;
  int quoted = strcmp(argv[1], "quoted") == 0;
  int64_t count = atoll(argv[2]);
  fputs(quoted ? "time,serial,type,subtype,src,dst,rule,user,app,from,to,session,sport,dport,proto,"
                 "action,sent,received,packets,elapsed,category,url,reason\n"
               : "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das\n",
        stdout);
  char row[1024];
  for (int64_t i = 0; i < count; i++) {
    if (quoted) quoted_row(row, i, count);
    else plain_row(row, i, count);
    fputs(row, stdout);
  }
  return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
