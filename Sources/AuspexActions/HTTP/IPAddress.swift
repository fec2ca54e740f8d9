import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address; one that maps IPv4 into IPv6 is taken as IPv4.
struct IPAddress: Hashable, CustomStringConvertible {
    /// What an address is for.
    enum Kind {
        /// The host itself.
        case loopback
        /// The network link, where clouds keep their metadata services.
        case linkLocal
        /// A cloud's metadata service outside of the link-local ranges.
        case metadata
        /// No single host that is known by it: unspecified, multicast, broadcast, tunnels and what is reserved.
        case special
        /// Any other.
        case ordinary

        var words: String {
            switch self {
            case .loopback: "this host itself"
            case .linkLocal: "a link-local address, where metadata services live"
            case .metadata: "a metadata service"
            case .special: "an address of no single host, or of one hidden behind it"
            case .ordinary: "an ordinary address"
            }
        }
    }

    /// 4 or 16 bytes, most significant first.
    let bytes: [UInt8]

    /// Takes an address of 4 or 16 bytes.
    init(bytes: [UInt8]) {
        // RFC 4291, section 2.5.5.2, and the NAT64 prefix of RFC 6052, section 2.1.
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        let translated: [UInt8] = [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        let isIPv4Inside = bytes.count == 16 && (bytes.starts(with: mapped) || bytes.starts(with: translated))
        self.bytes = isIPv4Inside ? Array(bytes.suffix(4)) : bytes
    }

    /// Parses an address as it is written; nil for anything else.
    init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            self.init(bytes: withUnsafeBytes(of: sixteen) { Array($0) })
        } else {
            return nil
        }
    }

    /// What it is for.
    var kind: Kind { bytes.count == 4 ? kind4 : kind6 }

    private var kind4: Kind {
        // Azure's WireServer, which tells a machine who it is and hands out certificates.
        if bytes == [168, 63, 129, 16] { return .metadata }
        return switch (bytes[0], bytes[1]) {
        case (127, _): .loopback
        case (169, 254): .linkLocal
        case (0, _), (224...255, _): .special
        // Alibaba's metadata service; the other clouds use 169.254.169.254.
        case (100, 100) where bytes[2] == 100 && bytes[3] == 200: .metadata
        default: .ordinary
        }
    }

    private var kind6: Kind {
        // fd00:ec2::/32 has Amazon's services for an instance, fd20:ce::254 is Google's.
        let google: [UInt8] = [0xfd, 0x20, 0x00, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]
        if bytes.starts(with: [0xfd, 0x00, 0x0e, 0xc2]) || bytes == google { return .metadata }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .loopback : .special }
        if bytes[0] == 0xfe, bytes[1] & 0x80 == 0x80 { return bytes[1] & 0x40 == 0 ? .linkLocal : .special }
        return bytes[0] == 0xff || Self.tunnels.contains { bytes.starts(with: $0) } ? .special : .ordinary
    }

    /// Addresses behind which another one is hidden, or that are out of use: IPv4-compatible ones (RFC 4291, section
    /// 2.5.5.1), 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 of local use (RFC 8215) and those that discard (RFC 6666);
    /// site-local ones (RFC 3879) are told by two bits. Nothing that a runbook may call lives there.
    private static let tunnels: [[UInt8]] = [
        [UInt8](repeating: 0, count: 12), [0x20, 0x02], [0x20, 0x01, 0, 0], [0, 0x64, 0xff, 0x9b, 0, 1],
        [0x01, 0, 0, 0, 0, 0, 0, 0],
    ]

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "an unknown address" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
