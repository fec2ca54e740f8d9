import CRE2

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Both languages see a string as a sequence of Unicode scalars. Swift's own comparison folds canonically equivalent
// spellings together (an accented letter and the letter with a combining accent), so it can't be used here.

extension String {
    /// Whether both strings have the same scalars in the same order, without normalisation.
    func hasSameScalars(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        // Nearly all strings lie in one piece of memory, which the C library compares at once.
        let isSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return memcmp(left, right, count) == 0
            }
        }
        return isSame.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
    }

    /// Whether this string comes before `other` in the order of their scalars; UTF-8 keeps that order.
    func precedesInScalars(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// Whether the scalars of `part` occur in a row; always true for an empty part.
    func containsScalars(of part: String) -> Bool {
        firstByteOffset(of: part) != nil
    }

    /// The byte offset of the first occurrence of `part` at or after `start`, which has to lie between two scalars.
    ///
    /// Whole UTF-8 texts can only be found between scalars. O(n + m) by the C library's two-way search, so that no pair of
    /// long strings costs their product.
    func firstByteOffset(of part: String, from start: Int = 0) -> Int? {
        guard !part.isEmpty else { return start }
        var text = self
        var part = part
        let found = text.withUTF8 { text in
            part.withUTF8 { part in
                text.withMemoryRebound(to: CChar.self) { text in
                    part.withMemoryRebound(to: CChar.self) { part in
                        let rest = UnsafeBufferPointer(rebasing: text.dropFirst(start))
                        return auspex_find_bytes(rest.baseAddress, rest.count, part.baseAddress, part.count)
                    }
                }
            }
        }
        return found < 0 ? nil : start + found
    }

    /// Whether this string's scalars begin with those of `prefix`.
    func startsWithScalars(of prefix: String) -> Bool {
        utf8.starts(with: prefix.utf8)
    }

    /// Whether this string's scalars end with those of `suffix`.
    func endsWithScalars(of suffix: String) -> Bool {
        let count = suffix.utf8.count
        return utf8.count >= count && utf8.suffix(count).elementsEqual(suffix.utf8)
    }
}
