#pragma once

#include "address_text.h"
#include "field_index.h"
#include "forest_kernels.h"
#include "matrix_kernels.h"
#include "number_text.h"
