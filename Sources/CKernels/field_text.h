#pragma once
#include <stdint.h>

/// Where the text of a field starts and how long it is.
struct text {
  const uint8_t *start;
  uint32_t length;
};

static inline struct text text_of(const uint8_t *bytes, uint32_t before, uint32_t after,
                                  int quote) {
  struct text text = {bytes + before + 1, before < after ? after - before - 1 : 0};
  if (text.length > 1 && *text.start == quote) {
    text.start++;
    text.length -= 2;
  }
  return text;
}
