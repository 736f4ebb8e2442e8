#include "number_text.h"

#include <stddef.h>

#include "field_text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

uint32_t read_number_fields_scalar(const uint8_t *bytes, const uint32_t *befores,
                                   const uint32_t *afters, uint32_t stride, uint32_t count,
                                   int quote, int64_t other, int64_t *numbers) {
  uint32_t others = 0;
  for (size_t i = 0; i < count; i++) {
    struct text text = text_of(bytes, befores[i * stride], afters[i * stride], quote);
    int is_number = text.length >= 1 && text.length <= 8;
    int64_t number = 0;
    for (uint32_t k = 0; is_number && k < text.length; k++) {
      is_number = text.start[k] >= '0' && text.start[k] <= '9';
      number = number * 10 + text.start[k] - '0';
    }
    numbers[i] = is_number ? number : other;
    others += !is_number;
  }
  return others;
}

#if defined(__x86_64__)

__attribute__((target("avx2"), always_inline)) static inline __m256i word_of(struct text a,
                                                                              struct text b,
                                                                              struct text c,
                                                                              struct text d) {
  __m128i low = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)a.start),
                                   _mm_loadl_epi64((const __m128i *)b.start));
  __m128i high = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)c.start),
                                    _mm_loadl_epi64((const __m128i *)d.start));
  return _mm256_set_m128i(high, low);
}

/// Four fields at once, eight digits of each. The last fields, fewer than four, are left.
__attribute__((target("avx2,popcnt"), always_inline)) static inline uint32_t read_avx2(
    const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters, uint32_t stride,
    uint32_t count, int quote, int64_t other, int64_t *numbers) {
  uint32_t others = 0;
  for (size_t i = 0; i + 4 <= count; i += 4) {
    struct text text[4];
    for (size_t k = 0; k < 4; k++) {
      size_t at = (i + k) * stride;
      text[k] = text_of(bytes, befores[at], afters[at], quote);
    }
    __m256i length = _mm256_cvtepu32_epi64(_mm_setr_epi32(
        (int)text[0].length, (int)text[1].length, (int)text[2].length, (int)text[3].length));
    __m256i word = word_of(text[0], text[1], text[2], text[3]);
    // The digits are moved to the end, with zeros before them. A shift of 64 or more leaves zero.
    __m256i shift = _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(length, 3));
    __m256i digits = _mm256_sllv_epi64(_mm256_xor_si256(word, _mm256_set1_epi8('0')), shift);
    __m256i nine = _mm256_set1_epi8(9);
    __m256i are_digits = _mm256_cmpeq_epi64(_mm256_max_epu8(digits, nine), nine);
    __m256i is_short = _mm256_andnot_si256(
        _mm256_cmpeq_epi64(length, _mm256_setzero_si256()),
        _mm256_cmpgt_epi64(_mm256_set1_epi64x(9), length));
    __m256i is_number = _mm256_and_si256(are_digits, is_short);
    __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(1 << 8 | 10));
    __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(1 << 16 | 100));
    __m256i eight = _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)),
                                     _mm256_srli_epi64(fours, 32));
    _mm256_storeu_si256((__m256i *)(numbers + i),
                        _mm256_blendv_epi8(_mm256_set1_epi64x(other), eight, is_number));
    uint32_t mask = (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(is_number));
    others += 4 - (uint32_t)_mm_popcnt_u32(mask);
  }
  return others;
}

__attribute__((target("avx2,popcnt"))) static uint32_t read_unquoted_avx2(
    const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters, uint32_t stride,
    uint32_t count, int64_t other, int64_t *numbers) {
  return read_avx2(bytes, befores, afters, stride, count, -1, other, numbers);
}

__attribute__((target("avx2,popcnt"))) static uint32_t read_quoted_avx2(
    const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters, uint32_t stride,
    uint32_t count, int quote, int64_t other, int64_t *numbers) {
  return read_avx2(bytes, befores, afters, stride, count, quote, other, numbers);
}

#endif

uint32_t read_number_fields(const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters,
                            uint32_t stride, uint32_t count, int quote, int64_t other,
                            int64_t *numbers) {
  uint32_t others = 0;
  uint32_t done = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
    others = quote < 0
                 ? read_unquoted_avx2(bytes, befores, afters, stride, count, other, numbers)
                 : read_quoted_avx2(bytes, befores, afters, stride, count, quote, other, numbers);
    done = count & ~3u;
  }
#endif
  size_t first = (size_t)done * stride;
  return others + read_number_fields_scalar(bytes, befores + first, afters + first, stride,
                                            count - done, quote, other, numbers + done);
}
