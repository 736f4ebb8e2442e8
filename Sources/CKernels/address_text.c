#include "address_text.h"

#include <stddef.h>

#include "field_text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint8_t read_scalar(const uint8_t *text, uint32_t length, uint32_t *number) {
  uint32_t whole = 0, part = 0, digits = 0, dots = 0;
  for (uint32_t i = 0; i < length; i++) {
    uint32_t digit = (uint32_t)text[i] - '0';
    if (text[i] == '.' && digits > 0 && dots < 3) {
      whole = whole << 8 | part;
      part = digits = 0;
      dots++;
    } else if (digit <= 9 && (digits == 0 || part > 0) && part * 10 + digit <= 255) {
      part = part * 10 + digit;
      digits++;
    } else {
      return 0;
    }
  }
  if (dots != 3 || digits == 0) return 0;
  *number = whole << 8 | part;
  return 1;
}

void read_ipv4_fields_scalar(const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters,
                             uint32_t stride, uint32_t count, int quote, uint32_t *numbers,
                             uint8_t *is_address) {
  for (size_t i = 0; i < count; i++) {
    struct text text = text_of(bytes, befores[i * stride], afters[i * stride], quote);
    numbers[i] = 0;
    is_address[i] = read_scalar(text.start, text.length, numbers + i);
  }
}

#if defined(__x86_64__)

/// How the digits of an address are brought to their places: a byte each for hundreds, tens and
/// ones, behind a zero. By the lengths of the four numbers, 1 to 3 each.
struct placing {
  int8_t shuffle[16];
  /// One less than the least number of so many digits.
  int8_t below[4];
};

#define DIGITS(start, length)                                                       \
  -1, (length) > 2 ? (start) : -1, (length) > 1 ? (start) + (length) - 2 : -1, \
      (start) + (length) - 1
#define BELOW(length) ((length) == 3 ? 99 : (length) == 2 ? 9 : -1)
#define PLACING(a, b, c, d)                                                               \
  {{DIGITS(0, a), DIGITS(a + 1, b), DIGITS(a + b + 2, c), DIGITS(a + b + c + 3, d)}, \
   {BELOW(a), BELOW(b), BELOW(c), BELOW(d)}}
#define PLACINGS1(a, b, c) PLACING(a, b, c, 1), PLACING(a, b, c, 2), PLACING(a, b, c, 3)
#define PLACINGS2(a, b) PLACINGS1(a, b, 1), PLACINGS1(a, b, 2), PLACINGS1(a, b, 3)
#define PLACINGS3(a) PLACINGS2(a, 1), PLACINGS2(a, 2), PLACINGS2(a, 3)

static const struct placing placings[81] = {PLACINGS3(1), PLACINGS3(2), PLACINGS3(3)};

// After W. Muła and D. Lemire, "Parsing IP addresses crazily fast" (2023): the dots' places choose
// a shuffle, and one multiplication makes numbers of digits.
__attribute__((target("ssse3,sse4.1,bmi"), always_inline)) static inline uint8_t read_sse(
    const uint8_t *text, uint32_t length, uint32_t *number) {
  if (length - 7 > 8) return 0;
  __m128i input = _mm_loadu_si128((const __m128i *)text);
  uint32_t dots = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(input, _mm_set1_epi8('.')));
  // The end stands for a fourth dot.
  dots = (dots & ((1u << length) - 1)) | 1u << length;
  uint32_t first = _tzcnt_u32(dots);
  dots = _blsr_u32(dots);
  uint32_t second = _tzcnt_u32(dots);
  dots = _blsr_u32(dots);
  uint32_t third = _tzcnt_u32(dots);
  dots = _blsr_u32(dots);
  // Lengths less 1, too great where dots are missing: a place is 32 then. Dots beyond three are
  // left in `dots`.
  uint32_t a = first - 1, b = second - first - 2, c = third - second - 2, d = length - third - 2;
  if (a > 2 || b > 2 || c > 2 || d > 2 || dots != 1u << length) return 0;
  const struct placing *placing = &placings[27 * a + 9 * b + 3 * c + d];
  __m128i digits =
      _mm_shuffle_epi8(_mm_xor_si128(input, _mm_set1_epi8('0')),
                       _mm_loadu_si128((const __m128i *)placing->shuffle));
  __m128i pairs = _mm_maddubs_epi16(
      digits, _mm_setr_epi8(0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1));
  __m128i values = _mm_madd_epi16(pairs, _mm_set1_epi16(1));
  int32_t below;
  __builtin_memcpy(&below, placing->below, 4);
  __m128i not_digits = _mm_subs_epu8(digits, _mm_set1_epi8(9));
  __m128i too_great = _mm_cmpgt_epi32(values, _mm_set1_epi32(255));
  __m128i great_enough = _mm_cmpgt_epi32(values, _mm_cvtepi8_epi32(_mm_cvtsi32_si128(below)));
  __m128i faults = _mm_or_si128(_mm_or_si128(not_digits, too_great),
                                _mm_andnot_si128(great_enough, _mm_set1_epi8(-1)));
  if (!_mm_testz_si128(faults, faults)) return 0;
  __m128i order = _mm_setr_epi8(12, 8, 4, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  *number = (uint32_t)_mm_cvtsi128_si32(_mm_shuffle_epi8(values, order));
  return 1;
}

__attribute__((target("ssse3,sse4.1,bmi"))) static void read_fields_sse(
    const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters, uint32_t stride,
    uint32_t count, int quote, uint32_t *numbers, uint8_t *is_address) {
  for (size_t i = 0; i < count; i++) {
    struct text text = text_of(bytes, befores[i * stride], afters[i * stride], quote);
    numbers[i] = 0;
    is_address[i] = read_sse(text.start, text.length, numbers + i);
  }
}

#endif

void read_ipv4_fields(const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters,
                      uint32_t stride, uint32_t count, int quote, uint32_t *numbers,
                      uint8_t *is_address) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("bmi")) {
    read_fields_sse(bytes, befores, afters, stride, count, quote, numbers, is_address);
    return;
  }
#endif
  read_ipv4_fields_scalar(bytes, befores, afters, stride, count, quote, numbers, is_address);
}
