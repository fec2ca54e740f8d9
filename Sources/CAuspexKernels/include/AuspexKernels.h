// The loops that need wide registers. Each has a twin in Swift in the tests, and gives the same bits on every machine: no
// reassociation, no contraction.
#ifndef AUSPEX_KERNELS_H
#define AUSPEX_KERNELS_H
#include <stddef.h>
#include <stdint.h>

// products[j] += entering * enter[j] - leaving * leave[j], for count values. The arrays do not overlap.
void auspex_slide_products(double *products, const double *leave, const double *enter, double leaving, double entering,
                           size_t count);

// Writes values[h] = norms[j] - 2 * products[j] and indices[h] = j for each j whose value is under limit, in order of j,
// and returns how many there are. Both outputs need room for count elements.
size_t auspex_select_below(const double *products, const double *norms, double limit, size_t count, double *values,
                           int32_t *indices);

// The two above in one pass: products slide, and those whose value is then under limit are written.
size_t auspex_slide_select(double *products, const double *leave, const double *enter, double leaving, double entering,
                           const double *norms, double limit, size_t count, double *values, int32_t *indices);

// The first j for which norms[j] - 2 * products[j] is least, that value in *value; count when there is none below infinity.
size_t auspex_nearest(const float *products, const float *norms, size_t count, float *value);
#endif
