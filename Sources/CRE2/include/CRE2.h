#ifndef AUSPEX_CRE2_H
#define AUSPEX_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled RE2 pattern. Matching may run in several threads at once; freeing may not run beside anything.
typedef struct auspex_re2 auspex_re2;

/// Compiles `length` bytes of UTF-8 at `pattern`; they need no terminating zero.
///
/// `max_memory` bounds, in bytes, what the program and its automata may take over the pattern's whole life. A pattern
/// that does not fit is refused here; one whose automaton outgrows the rest falls back to the slower simulation, which
/// is linear too.
/// Returns NULL only when memory has run out. Ask `auspex_re2_error` whether the pattern is valid.
auspex_re2 *auspex_re2_compile(const char *pattern, size_t length, int64_t max_memory);

/// What is wrong with the pattern, as text that lives as long as `re`; NULL when it is valid.
const char *auspex_re2_error(const auspex_re2 *re);

/// How many instructions the program of a valid pattern has. A search takes at most a time in proportion to this number
/// times the length of the text, and mostly far less.
int auspex_re2_program_size(const auspex_re2 *re);

/// Whether the pattern matches anywhere in `length` bytes of UTF-8 at `text`. Time is linear in `length`.
/// False for an invalid pattern.
bool auspex_re2_partial_match(const auspex_re2 *re, const char *text, size_t length);

/// Finds the first match at or after byte `from`; true and its bounds, or false when there is none. Time is linear in
/// `length`.
bool auspex_re2_find(
    const auspex_re2 *re, const char *text, size_t length, size_t from, size_t *match_start, size_t *match_end);

/// Frees what `auspex_re2_compile` returned; NULL is allowed.
void auspex_re2_free(auspex_re2 *re);

/// The offset of the first occurrence of `part` in `text`, or -1. Linear in the sum of the lengths: the C library's
/// two-way search, whose header Swift doesn't see.
ptrdiff_t auspex_find_bytes(const char *text, size_t text_length, const char *part, size_t part_length);

#ifdef __cplusplus
}
#endif

#endif
