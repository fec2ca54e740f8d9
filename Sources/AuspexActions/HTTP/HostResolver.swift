import Dispatch
import Foundation
import Synchronization

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
    /// The addresses that the host itself has at the moment; nil when they are not known.
    var ownAddresses: @Sendable () -> Set<IPAddress>? = IPAddress.ofThisHost

    /// Look-ups under way at once. Each holds a thread for as long as the name servers take, also when nobody waits for
    /// it any more.
    static let mostLookUps = 32

    /// Asks the system.
    static let system = HostResolver(asking: blockingLookUp, atOnce: mostLookUps)

    /// Addresses as `lookUp` says.
    init(lookUp: @escaping @Sendable (String) async throws(HTTPRefusal) -> [IPAddress]) {
        self.lookUp = lookUp
    }

    /// Asks what blocks, on threads of its own, so many at once. Whoever is cancelled does not wait for the answer.
    init(asking ask: @escaping @Sendable (String) -> Result<[IPAddress], HTTPRefusal>, atOnce most: Int) {
        let underWay = LookUpCount()
        lookUp = { host async throws(HTTPRefusal) in
            guard underWay.begin(within: most) else {
                throw .unresolved(host, "\(most) look-ups are under way already")
            }
            let (answers, answer) = AsyncStream<Result<[IPAddress], HTTPRefusal>>.makeStream()
            DispatchQueue.global(qos: .utility).async {
                answer.yield(ask(host))
                underWay.end()
            }
            for await result in answers { return try result.get() }
            throw .unresolved(host, "the look-up was given up")
        }
    }

    /// The address to ask for `entry`.
    ///
    /// Every address of the name must be one that may be asked, not only the first. The host itself may be asked only
    /// where the list says `localhost` or one of its addresses, be it of the loopback or of another interface, link-local
    /// and metadata addresses only where it has the address.
    func address(for entry: HostAllowList.Entry) async throws(HTTPRefusal) -> IPAddress {
        let literal = IPAddress(entry.host)
        let addresses: [IPAddress]
        if let literal {
            addresses = [literal]
        } else {
            addresses = try await lookUp(entry.host)
        }
        let isAnyOwn = literal == nil && addresses.contains { $0.kind == .ordinary }
        guard let own = isAnyOwn ? ownAddresses() : [] else {
            throw .unresolved(entry.host, "this host's own addresses are not known, and it may be one of them")
        }
        for address in addresses {
            let isMeant =
                switch address.kind {
                case .ordinary: !own.contains(address) || entry.host == "localhost"
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
            if let address = entry.ai_addr.flatMap({ IPAddress($0) }) { addresses.append(address) }
            next = entry.ai_next
        }
        return .success(addresses)
    }
}

/// How many look-ups are under way.
///
/// A class, because all of them count the same.
private final class LookUpCount: Sendable {
    private let count = Mutex(0)

    func begin(within most: Int) -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}
