/// FNV-1a over 64 bits with a final avalanche (the finalizer of MurmurHash3): the same bytes give the same number on
/// every machine and in every release. Not for secrets.
package struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    package mutating func combine(_ bytes: some Sequence<UInt8>) {
        // Bytes that lie together are gone through as such: asked of a sequence that is known only at run time, each would
        // cost several calls.
        var hash = state
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { part in
            for byte in part { hash = Self.step(hash, byte) }
        }
        if isDone == nil {
            for byte in bytes { hash = Self.step(hash, byte) }
        }
        state = hash
    }

    private static func step(_ state: UInt64, _ byte: UInt8) -> UInt64 {
        (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// Adds the text and an end mark that UTF-8 cannot contain, so that `ab`,`c` differs from `a`,`bc`.
    package mutating func combine(_ text: String) {
        combine(text.utf8)
        combine(CollectionOfOne(0xff))
    }

    package var value: UInt64 {
        var hash = state
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }
}
