#include <csv.h>

// For `csv_set_space_func`: without it libcsv takes spaces around fields away. In C, since libcsv
// calls it for every byte outside quotes.
static inline int csv_no_space(unsigned char byte) {
  (void)byte;
  return 0;
}
