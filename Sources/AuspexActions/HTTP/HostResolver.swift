import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds a host's address and checks it. The request then goes to this very address, so that the name cannot lead
/// elsewhere in between.
struct HostResolver: Sendable {
    /// The addresses of a name.
    let lookUp: @Sendable (String) async throws(HTTPRefusal) -> [IPAddress]

    /// Asks the system.
    static let system = HostResolver { host async throws(HTTPRefusal) in
        let result = await withCheckedContinuation { continuation in
            // It blocks for as long as the name servers take, so not on a thread that tasks run on.
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: Self.blockingLookUp(host)) }
        }
        return try result.get()
    }

    /// The address to ask for `entry`.
    ///
    /// Every address of the name must be one that may be asked, not only the first. The host itself may be asked only
    /// where the list says `localhost` or one of its addresses, link-local and metadata addresses only where it has the
    /// address.
    func address(for entry: HostAllowList.Entry) async throws(HTTPRefusal) -> IPAddress {
        let literal = IPAddress(entry.host)
        let addresses: [IPAddress]
        if let literal {
            addresses = [literal]
        } else {
            addresses = try await lookUp(entry.host)
        }
        for address in addresses {
            let isMeant =
                switch address.kind {
                case .ordinary: true
                case .loopback: literal != nil || entry.host == "localhost"
                case .linkLocal, .metadata: literal != nil
                case .special: false
                }
            guard isMeant else { throw .forbiddenAddress(entry.host, address) }
        }
        // IPv4 first: more hosts have a working route for it.
        guard let first = addresses.first(where: { $0.bytes.count == 4 }) ?? addresses.first else {
            throw .unresolved(entry.host, "the answer is empty")
        }
        return first
    }

    private static func blockingLookUp(_ host: String) -> Result<[IPAddress], HTTPRefusal> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failure(.unresolved(host, String(cString: gai_strerror(code)))) }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr {
                let bytes: [UInt8]? =
                    switch entry.ai_family {
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
                if let bytes { addresses.append(IPAddress(bytes: bytes)) }
            }
            next = entry.ai_next
        }
        return .success(addresses)
    }
}
