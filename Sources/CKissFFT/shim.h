// Debian's kissfft (BSD), single precision. The double variants are separate libraries with the same symbol names.
#ifndef AUSPEX_CKISSFFT_SHIM_H
#define AUSPEX_CKISSFFT_SHIM_H
#include <kissfft/kiss_fft.h>
#include <kissfft/kiss_fftr.h>
#endif
