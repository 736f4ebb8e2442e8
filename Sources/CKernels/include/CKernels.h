#pragma once
#include "field_index.h"
