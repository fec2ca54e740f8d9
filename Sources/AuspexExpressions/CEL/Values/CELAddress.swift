/// An IPv4 or IPv6 address, without a zone.
///
/// An IPv6 address that stands for an IPv4 one (`::ffff:c0a8:1`) is that IPv4 address, so that a test for a network can't be
/// evaded by another way of writing. Its mixed notation (`::ffff:192.168.0.1`) is refused, as the conformance suite has it.
package struct CELAddress: Sendable, Hashable, CustomStringConvertible {
    /// The version of the internet protocol.
    package enum Family: Int64, Sendable {
        case four = 4
        case six = 6

        /// Bits of an address.
        var width: Int { self == .four ? 32 : 128 }
    }

    /// The version of the internet protocol.
    package let family: Family
    /// The address as a number: below 2^32 for IPv4.
    let bits: UInt128

    init(family: Family, bits: UInt128) {
        self.family = family
        self.bits = bits
    }

    /// Reads an address: `192.0.2.1` or `2001:db8::1`. Numbers of IPv4 have no leading zeros, which some programs take for
    /// octal. No name is ever resolved. O(length of an address): longer texts are refused unread.
    ///
    /// - Throws: ``CELError`` of kind `invalidArgument`, without a position.
    package init(_ text: String) throws(CELError) {
        var reader = CELAddressReader(text)
        guard let address = reader.address(), reader.isAtEnd else {
            let hint = text.utf8.contains(UInt8(ascii: "%")) ? ", without a zone" : ""
            throw CELError(
                .invalidArgument, "'\(text.prefix(80))' is no IP address; write 192.0.2.1 or 2001:db8::1\(hint)")
        }
        guard !address.isMapped else {
            self.init(family: .four, bits: address.bits & 0xFFFF_FFFF)
            guard !reader.hasDottedPart else {
                throw CELError(.invalidArgument, "'\(text)' is an IPv4 address inside IPv6; write '\(self)'")
            }
            return
        }
        self = address
    }

    /// Whether this is an IPv6 address that stands for an IPv4 one: `::ffff:0:0/96`.
    var isMapped: Bool { family == .six && bits >> 32 == 0xFFFF }

    // MARK: Kinds of addresses

    /// `0.0.0.0` or `::`.
    package var isUnspecified: Bool { bits == 0 }

    /// `127.0.0.0/8` or `::1`.
    package var isLoopback: Bool { family == .four ? bits >> 24 == 127 : bits == 1 }

    /// `169.254.0.0/16` or `fe80::/10`.
    package var isLinkLocalUnicast: Bool { family == .four ? bits >> 16 == 0xA9FE : bits >> 118 == 0xFE80 >> 6 }

    /// `224.0.0.0/24`, or `ff02::/16` with any flags.
    package var isLinkLocalMulticast: Bool {
        family == .four ? bits >> 8 == 0xE0_0000 : bits >> 112 & 0xFF0F == 0xFF02
    }

    /// Any address of one machine outside its own link; addresses of private networks are among them.
    package var isGlobalUnicast: Bool {
        let isMulticast = family == .four ? bits >> 28 == 0xE : bits >> 120 == 0xFF
        let isBroadcast = family == .four && bits == 0xFFFF_FFFF
        return !isUnspecified && !isLoopback && !isLinkLocalUnicast && !isMulticast && !isBroadcast
    }

    // MARK: Text

    /// The canonical text of RFC 5952: lower case, no leading zeros, `::` for the first of the longest runs of zeros.
    package var description: String { family == .four ? dotted : groups }

    private var dotted: String {
        stride(from: 24, through: 0, by: -8).map { String(bits >> UInt128($0) & 0xFF) }.joined(separator: ".")
    }

    private var groups: String {
        let groups = stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: bits >> UInt128($0)) }
        let zeros = Self.longestZeros(groups)
        guard zeros.count > 1 else { return Self.joined(groups[...]) }
        return Self.joined(groups[..<zeros.lowerBound]) + "::" + Self.joined(groups[zeros.upperBound...])
    }

    private static func joined(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest
    }
}
