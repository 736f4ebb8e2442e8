// A blend kernel for one tree: its leaf value in each row, from the leaves upwards. Defined by the
// includer, who includes this once for each kind of program and instructions:
//   BLEND_NAME     the function
//   BLEND_TARGET   its target attribute, or nothing
//   BLEND_LANES    rows a step handles at once; divides forest_block_rows
//   BLEND_STEP     forest_float_step or forest_rank_step
//   BLEND_FEATURE  element of the block
//   BLEND_VALUE    element of the result, as wide as a feature

#define BLEND_VECTOR(element) element __attribute__((ext_vector_type(BLEND_LANES), aligned(64)))

BLEND_TARGET static void BLEND_NAME(
    const BLEND_STEP *start, const BLEND_STEP *end, const BLEND_FEATURE *block,
    BLEND_VALUE *result) {
  typedef BLEND_VECTOR(BLEND_FEATURE) features;
  typedef BLEND_VECTOR(BLEND_VALUE) values;
  values kept[forest_stack_slots];

  for (size_t row = 0; row < forest_block_rows; row += BLEND_LANES) {
    values *top = kept;
    values value = 0;
    for (const BLEND_STEP *step = start; step < end; step++) {
      const features *columns = (const features *)(block + row);
      const size_t stride = forest_block_rows / BLEND_LANES;
      features feature = columns[step->column * stride];
      features threshold = step->threshold;
      values left = step->left;
      values right = step->right;
      switch (step->kind) {
      case forest_pair:
        *top++ = value;
        value = feature <= threshold ? left : right;
        break;
      case forest_leaf_left:
        value = feature <= threshold ? left : value;
        break;
      case forest_leaf_right:
        value = feature <= threshold ? value : right;
        break;
      case forest_pair_left:
      case forest_pair_right: {
        features inner = columns[step->inner_column * stride];
        features inner_threshold = step->inner_threshold;
        values pair = inner <= inner_threshold ? left : right;
        if (step->kind == forest_pair_left)
          value = feature <= threshold ? pair : value;
        else
          value = feature <= threshold ? value : pair;
        break;
      }
      case forest_kept_left:
        value = feature <= threshold ? *--top : value;
        break;
      default:
        value = feature <= threshold ? value : *--top;
      }
    }
    *(values *)(result + row) = value;
  }
}

#undef BLEND_VECTOR
#undef BLEND_NAME
#undef BLEND_TARGET
#undef BLEND_LANES
