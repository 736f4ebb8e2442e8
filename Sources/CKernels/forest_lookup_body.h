// Adds the values of forest_slot_rows codes to the sums of their planes. Defined by the includer,
// who includes this once for each kind of instructions:
//   LOOKUP_NAME             the function
//   LOOKUP_TARGET           its target attribute
//   LOOKUP_VECTOR           the type of a vector
//   LOOKUP_OP(name)         an intrinsic of that width
//   LOOKUP_BROADCAST(p)     16 bytes in each 16 of a vector
//   LOOKUP_AND, _OR, _ZERO  bitwise operations and none set

LOOKUP_TARGET static void LOOKUP_NAME(
    const uint8_t *codes, const forest_chunk *chunks, const forest_chunk *chunks_end, size_t row,
    uint16_t planes[forest_value_planes][2][forest_block_rows / 2]) {
  // Added to a code's distance from its chunk's start, keeps the low four bits of those within
  // and sets the top bit of all others, which a shuffle then turns to zero.
  const LOOKUP_VECTOR reach = LOOKUP_OP(set1_epi8)(0x80 - forest_chunk_entries);
  const LOOKUP_VECTOR even = LOOKUP_OP(set1_epi16)(0xff);
  for (size_t i = 0; i < forest_slot_rows; i += sizeof(LOOKUP_VECTOR)) {
    LOOKUP_VECTOR distance = *(const LOOKUP_VECTOR *)(codes + i);
    LOOKUP_VECTOR bytes[forest_value_planes] = {LOOKUP_ZERO, LOOKUP_ZERO, LOOKUP_ZERO};
    for (const forest_chunk *chunk = chunks; chunk < chunks_end; chunk++) {
      LOOKUP_VECTOR index = LOOKUP_OP(adds_epu8)(distance, reach);
      for (size_t plane = 0; plane < forest_value_planes; plane++)
        bytes[plane] = LOOKUP_OR(
            bytes[plane], LOOKUP_OP(shuffle_epi8)(LOOKUP_BROADCAST(chunk->bytes[plane]), index));
      distance = LOOKUP_OP(sub_epi8)(distance, LOOKUP_OP(set1_epi8)(forest_chunk_entries));
    }
    for (size_t plane = 0; plane < forest_value_planes; plane++) {
      LOOKUP_VECTOR *to_even = (LOOKUP_VECTOR *)(planes[plane][0] + (row + i) / 2);
      LOOKUP_VECTOR *to_odd = (LOOKUP_VECTOR *)(planes[plane][1] + (row + i) / 2);
      *to_even = LOOKUP_OP(add_epi16)(*to_even, LOOKUP_AND(bytes[plane], even));
      *to_odd = LOOKUP_OP(add_epi16)(*to_odd, LOOKUP_OP(srli_epi16)(bytes[plane], 8));
    }
  }
}

#undef LOOKUP_NAME
#undef LOOKUP_TARGET
#undef LOOKUP_VECTOR
#undef LOOKUP_OP
#undef LOOKUP_BROADCAST
#undef LOOKUP_AND
#undef LOOKUP_OR
#undef LOOKUP_ZERO
