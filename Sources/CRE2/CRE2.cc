// The C face of RE2. No C++ exception may cross into Swift, so every call that can allocate catches.

#include "CRE2.h"

#include <cstring>
#include <new>
#include <string>

#include <re2/re2.h>

struct auspex_re2 {
    auspex_re2(re2::StringPiece pattern, const re2::RE2::Options &options) : expression(pattern, options) {}

    re2::RE2 expression;
};

extern "C" auspex_re2 *auspex_re2_compile(const char *pattern, size_t length, int64_t max_memory) {
    try {
        re2::RE2::Options options;
        options.set_encoding(re2::RE2::Options::EncodingUTF8);
        options.set_log_errors(false);
        options.set_max_mem(max_memory);
        // Captures are never read back, and an automaton without them is smaller and faster.
        options.set_never_capture(true);
        return new auspex_re2(re2::StringPiece(pattern, length), options);
    } catch (...) {
        return nullptr;
    }
}

extern "C" const char *auspex_re2_error(const auspex_re2 *re) {
    return re->expression.ok() ? nullptr : re->expression.error().c_str();
}

extern "C" int auspex_re2_program_size(const auspex_re2 *re) {
    return re->expression.ok() ? re->expression.ProgramSize() : 0;
}

extern "C" bool auspex_re2_partial_match(const auspex_re2 *re, const char *text, size_t length) {
    try {
        re2::StringPiece input(text, length);
        return re->expression.ok() && re->expression.Match(input, 0, length, re2::RE2::UNANCHORED, nullptr, 0);
    } catch (...) {
        return false;
    }
}

extern "C" bool auspex_re2_find(
    const auspex_re2 *re, const char *text, size_t length, size_t from, size_t *match_start, size_t *match_end) {
    try {
        re2::StringPiece input(text, length);
        re2::StringPiece match;
        if (!re->expression.ok() || from > length
            || !re->expression.Match(input, from, length, re2::RE2::UNANCHORED, &match, 1)) {
            return false;
        }
        *match_start = static_cast<size_t>(match.data() - text);
        *match_end = *match_start + match.size();
        return true;
    } catch (...) {
        return false;
    }
}

extern "C" void auspex_re2_free(auspex_re2 *re) {
    delete re;
}

extern "C" ptrdiff_t auspex_find_bytes(const char *text, size_t text_length, const char *part, size_t part_length) {
    const void *found = memmem(text, text_length, part, part_length);
    return found == nullptr ? -1 : static_cast<const char *>(found) - text;
}
