// The C face of Debian's libsnappy: the block format that Prometheus remote write uses.
#ifndef AUSPEX_CSNAPPY_SHIM_H
#define AUSPEX_CSNAPPY_SHIM_H
#include <snappy-c.h>
#endif
