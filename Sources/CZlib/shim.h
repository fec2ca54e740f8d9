// Debian's zlib, for gzip input. inflateInit2 is a macro in zlib.h, which Swift cannot see: a function stands in for it.
#ifndef AUSPEX_CZLIB_SHIM_H
#define AUSPEX_CZLIB_SHIM_H
#include <zlib.h>

static inline int auspex_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}

static inline int auspex_deflate_init(z_stream *stream, int level, int window_bits) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}
#endif
