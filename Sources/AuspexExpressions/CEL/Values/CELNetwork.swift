/// A range of addresses in CIDR notation: an address, which may have bits beyond the prefix, and the prefix's length.
package struct CELNetwork: Sendable, Hashable, CustomStringConvertible {
    /// The address as it was given.
    package let address: CELAddress
    /// The length of the prefix in bits, 0 to 32 or 128.
    package let prefixLength: Int

    private init(address: CELAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Reads `192.0.2.0/24` or `2001:db8::/32`. IPv4 networks inside IPv6 are refused.
    ///
    /// - Throws: ``CELError`` of kind `invalidArgument`, without a position.
    package init(_ text: String) throws(CELError) {
        var reader = CELAddressReader(text)
        guard let address = reader.address(), reader.take("/"), let length = reader.decimal(), reader.isAtEnd,
            length <= address.family.width
        else {
            let hint = text.utf8.contains(UInt8(ascii: "%")) ? ", without a zone" : ""
            throw CELError(
                .invalidArgument, "'\(text.prefix(80))' is no network; write 192.0.2.0/24 or 2001:db8::/32\(hint)")
        }
        guard !address.isMapped else {
            throw CELError(.invalidArgument, "'\(text)' is an IPv4 network inside IPv6; write it as an IPv4 network")
        }
        self.init(address: address, prefixLength: Int(length))
    }

    /// Ones for the bits of the prefix.
    private var mask: UInt128 {
        let width = address.family.width
        let all = ~UInt128(0) >> UInt128(128 - width)
        return all & ~(all >> UInt128(prefixLength))
    }

    /// The network without bits beyond the prefix.
    package var masked: CELNetwork {
        CELNetwork(
            address: CELAddress(family: address.family, bits: address.bits & mask), prefixLength: prefixLength)
    }

    /// Whether `other` lies in the network. No address of one family lies in a network of the other.
    package func contains(_ other: CELAddress) -> Bool {
        other.family == address.family && (other.bits ^ address.bits) & mask == 0
    }

    /// Whether all addresses of `other` lie in the network.
    package func contains(_ other: CELNetwork) -> Bool {
        prefixLength <= other.prefixLength && contains(other.address)
    }

    /// `192.0.2.0/24`.
    package var description: String { "\(address)/\(prefixLength)" }
}
