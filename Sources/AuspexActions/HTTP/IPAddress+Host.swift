#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension IPAddress {
    /// Takes an address as the system's calls give it; nil for one of another family.
    init?(_ address: UnsafePointer<sockaddr>) {
        let bytes: [UInt8]? =
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
                }
            case AF_INET6:
                address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
                }
            default: nil
            }
        guard let bytes else { return nil }
        self.init(bytes: bytes)
    }

    /// The addresses of all of this host's interfaces, as they are now; nil when the system does not tell.
    @Sendable static func ofThisHost() -> Set<IPAddress>? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        var addresses: Set<IPAddress> = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ifa_addr.flatMap({ IPAddress($0) }) { addresses.insert(address) }
            next = entry.ifa_next
        }
        return addresses
    }
}
