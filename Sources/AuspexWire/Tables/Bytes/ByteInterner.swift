/// Numbers byte strings in order of first appearance, without making a `String` of each.
struct ByteInterner {
    private var keys: [[UInt8]] = []
    private var byHash: [UInt64: [Int]] = [:]
    private var last = 0
    private let seed: UInt64

    /// - Parameter seed: random, so that nobody can prepare keys that collide.
    init(seed: UInt64 = SystemRandomNumberGenerator().next64()) {
        self.seed = seed
    }

    /// The number of `key`, or nil when it is new.
    mutating func find(_ key: Span<UInt8>) -> Int? {
        // Rows of one series follow one another, or rows of all series take turns, as the members of objects do.
        if last < keys.count, key.isEqual(to: keys[last]) { return last }
        let next = last + 1 < keys.count ? last + 1 : 0
        if next < keys.count, key.isEqual(to: keys[next]) {
            last = next
            return next
        }
        guard let candidates = byHash[hash(key)] else { return nil }
        for candidate in candidates where key.isEqual(to: keys[candidate]) {
            last = candidate
            return candidate
        }
        return nil
    }

    /// Gives a new key the next number, from 0.
    mutating func add(_ key: Span<UInt8>) -> Int {
        let number = keys.count
        keys.append(key.withUnsafeBufferPointer { Array($0) })
        byHash[hash(key), default: []].append(number)
        last = number
        return number
    }

    /// A multiplicative hash over 8 bytes at a time, mixed at the end as in MurmurHash3.
    private func hash(_ key: Span<UInt8>) -> UInt64 {
        var hash = seed ^ UInt64(key.count)
        key.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
                hash ^= hash >> 32
                offset += 8
            }
            while offset < bytes.count {
                hash = (hash ^ UInt64(bytes[offset])) &* 0x0000_0100_0000_01b3
                offset += 1
            }
        }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        return hash ^ (hash >> 33)
    }
}

extension SystemRandomNumberGenerator {
    fileprivate func next64() -> UInt64 {
        var generator = self
        return generator.next()
    }
}
