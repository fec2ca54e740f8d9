/// Reads the text of an address or a network from left to right, without any resolver.
struct CELAddressReader {
    /// The longest text of a network, in bytes: six groups, four decimals and a prefix's length.
    private static let longestText = 49

    private let bytes: [UInt8]
    private var position = 0
    /// Whether the IPv6 address ended with four decimals.
    private(set) var hasDottedPart = false

    init(_ text: String) {
        // One more than fits, so that a longer text is seen to be too long.
        bytes = Array(text.utf8.prefix(Self.longestText + 1))
    }

    var isAtEnd: Bool { position == bytes.count }

    /// The address; nil if there is none. What follows it is the caller's concern.
    mutating func address() -> CELAddress? {
        if bytes.contains(UInt8(ascii: ":")) { return six() }
        return four().map { CELAddress(family: .four, bits: UInt128($0)) }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    // MARK: IPv4

    /// Four decimals with dots between.
    private mutating func four() -> UInt32? {
        var bits: UInt32 = 0
        for index in 0..<4 {
            guard index == 0 || take("."), let part = decimal() else { return nil }
            bits = bits << 8 | UInt32(part)
        }
        return bits
    }

    /// 0 to 255 without leading zeros.
    mutating func decimal() -> UInt8? {
        let start = position
        while position < bytes.count, bytes[position].isDigit { position += 1 }
        let digits = bytes[start..<position]
        guard digits.count <= 3, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self))
    }

    // MARK: IPv6

    private static let groupCount = 8

    /// Groups with colons between; once `::` for one or more groups of zeros.
    private mutating func six() -> CELAddress? {
        var groups: [UInt16] = []
        var gap: Int?
        if take(":") {
            guard take(":") else { return nil }
            gap = 0
        }
        var needsGroup = false
        while groups.count < Self.groupCount {
            if let low = dottedTail(after: groups.count) {
                groups += [UInt16(truncatingIfNeeded: low >> 16), UInt16(truncatingIfNeeded: low)]
                break
            }
            guard let group = group() else {
                if needsGroup { return nil }
                break
            }
            groups.append(group)
            guard groups.count < Self.groupCount, take(":") else { break }
            needsGroup = !take(":")
            if !needsGroup {
                guard gap == nil else { return nil }
                gap = groups.count
            }
        }
        guard gap == nil ? groups.count == Self.groupCount : groups.count < Self.groupCount else { return nil }
        if let gap { groups.insert(contentsOf: repeatElement(0, count: Self.groupCount - groups.count), at: gap) }
        return CELAddress(family: .six, bits: groups.reduce(0) { $0 << 16 | UInt128($1) })
    }

    /// One to four hexadecimal digits.
    private mutating func group() -> UInt16? {
        let start = position
        var value: UInt32 = 0
        while position < bytes.count, position - start < 4, let digit = bytes[position].hexDigit {
            value = value << 4 | digit
            position += 1
        }
        return position > start ? UInt16(value) : nil
    }

    /// The last two groups written as an IPv4 address.
    private mutating func dottedTail(after count: Int) -> UInt32? {
        let start = position
        guard count <= Self.groupCount - 2, let bits = four() else {
            position = start
            return nil
        }
        hasDottedPart = true
        return bits
    }
}
