import AuspexSignals
import Foundation
import Synchronization

/// Label sets by the very bytes in which a sender wrote them.
///
/// A sender repeats the same series in every request, byte for byte, and decoding them anew (a dozen strings and a
/// dictionary each) costs ten times what the samples cost. The slots form groups of four; a label set may stand in any
/// slot of its group, and a newcomer to a full group takes the place of one that is there. So the size is bounded, no
/// crafted input can make it slow, and there is nothing to expire. Only sets that passed all checks get in.
///
/// Memory: at most ``keyBytesLimit`` for the keys and about three times that for the labels, which the batches share.
package final class LabelCache: Sendable {
    /// Slots in a group. With four, a cache that is half full loses a few label sets in a hundred to crowding.
    private static let groupSize = 4

    private struct Slot {
        var hash: UInt64
        var key: [UInt8]
        var labels: Labels
    }

    private struct State {
        var slots: [Slot?]
        var keyBytes = 0
        /// Which slot of a full group is given up next.
        var turn = 0
        var hits = 0
        var misses = 0
    }

    /// How often the cache knew a label set and how often it did not.
    package struct Statistics: Hashable, Sendable {
        /// Lookups that found their label set.
        package var hits: Int
        /// Lookups that did not.
        package var misses: Int
        /// Bytes of all keys together.
        package var keyBytes: Int
    }

    /// When the keys reach this size, everything is dropped and the cache starts anew.
    package let keyBytesLimit: Int
    private let groups: Int
    // A lock per lookup costs some 20 ns without contention, against a microsecond or more for decoding.
    private let state: Mutex<State>

    /// Creates a cache of at least `slots` slots (rounded up to a power of two, 4 to 2^22).
    ///
    /// Two to four times the number of live series is a good size.
    package init(slots: Int = 1 << 16, keyBytesLimit: Int = 64 << 20) {
        var size = Self.groupSize
        while size < min(slots, 1 << 22) { size *= 2 }
        groups = size / Self.groupSize
        self.keyBytesLimit = keyBytesLimit
        state = Mutex(State(slots: Array(repeating: nil, count: size)))
    }

    /// How well the cache does.
    package var statistics: Statistics {
        state.withLock { Statistics(hits: $0.hits, misses: $0.misses, keyBytes: $0.keyBytes) }
    }

    /// The labels that were last written as exactly these bytes.
    func labels(for key: UnsafeRawBufferPointer) -> Labels? {
        let hash = hash(key)
        return state.withLock { state in
            for index in group(of: hash) {
                if let slot = state.slots[index], slot.hash == hash, equal(slot.key, key) {
                    state.hits += 1
                    return slot.labels
                }
            }
            state.misses += 1
            return nil
        }
    }

    /// Remembers the labels that these bytes stand for.
    func insert(_ labels: Labels, for key: UnsafeRawBufferPointer) {
        guard key.count <= keyBytesLimit else { return }
        let slot = Slot(hash: hash(key), key: [UInt8](key), labels: labels)
        let group = group(of: slot.hash)
        state.withLock { state in
            if state.keyBytes + slot.key.count > keyBytesLimit {
                state.slots = Array(repeating: nil, count: state.slots.count)
                state.keyBytes = 0
            }
            // Another request may have brought the same label set in the meantime: its slot is taken again.
            let known = group.first { state.slots[$0].map { $0.hash == slot.hash && $0.key == slot.key } ?? false }
            let free = known ?? group.first { state.slots[$0] == nil }
            state.turn = (state.turn + 1) % Self.groupSize
            let index = free ?? group.lowerBound + state.turn
            state.keyBytes += slot.key.count - (state.slots[index]?.key.count ?? 0)
            state.slots[index] = slot
        }
    }

    private func group(of hash: UInt64) -> Range<Int> {
        let start = Int(hash % UInt64(groups)) * Self.groupSize
        return start..<(start + Self.groupSize)
    }

    private func equal(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            guard let from = left.baseAddress, let to = right.baseAddress else { return true }
            return memcmp(from, to, left.count) == 0
        }
    }

    /// A quick mix of eight bytes at a time (multiply and fold, after wyhash). It only picks a slot; equality is
    /// decided by the bytes themselves.
    private func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var state = UInt64(key.count) ^ 0x9e37_79b9_7f4a_7c15
        var position = 0
        while key.count - position >= 8 {
            state = fold(state ^ key.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var rest: UInt64 = 0
        while position < key.count {
            rest = rest << 8 | UInt64(key[position])
            position += 1
        }
        return fold(state ^ rest)
    }

    @inline(__always)
    private func fold(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        return product.high ^ product.low
    }
}
