// Parses files with libcsv and does nothing with the fields: what no reader built on it can beat.
//   cc -O2 -o libcsv_alone libcsv_alone.c -lcsv
//   libcsv_alone FILE ...
#include <csv.h>
#include <stdio.h>

static int no_space(unsigned char byte) { return (void)byte, 0; }
static void take_field(void *text, size_t length, void *data) { (void)text, (void)length, (void)data; }
static void take_record(int end, void *data) { (void)end, (void)data; }

int main(int argc, char **argv) {
  static char bytes[1 << 19];
  struct csv_parser parser;
  csv_init(&parser, CSV_STRICT | CSV_REPALL_NL);
  csv_set_space_func(&parser, no_space);
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (!file) return perror(argv[i]), 1;
    for (size_t length; (length = fread(bytes, 1, sizeof bytes, file)) > 0;)
      if (csv_parse(&parser, bytes, length, take_field, take_record, NULL) != length) return 1;
    fclose(file);
  }
  return 0;
}
