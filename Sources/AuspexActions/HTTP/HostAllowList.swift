import Foundation

/// The hosts that requests may go to, each with its port. None by default.
package struct HostAllowList: Hashable, Sendable {
    /// A host with its port.
    package struct Entry: Hashable, Sendable, CustomStringConvertible {
        /// The host's name or address, in small letters, without a dot at its end.
        package var host: String
        /// The port.
        package var port: Int

        package var description: String { "\(host):\(port)" }
    }

    /// The hosts that may be asked.
    package var entries: Set<Entry>

    /// Nobody.
    package init() { entries = [] }

    /// The hosts in `texts`, each as `host:port`; an IPv6 address stands in brackets.
    ///
    /// - Throws: ``HostAllowListError`` for the first that is not such a text.
    package init(_ texts: [String]) throws(HostAllowListError) {
        var entries: Set<Entry> = []
        for text in texts {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (1...65_535).contains(port), colon > text.startIndex
            else { throw HostAllowListError(text: text) }
            entries.insert(Entry(host: Self.normalised(text[..<colon]), port: port))
        }
        self.entries = entries
    }

    /// Whether the URL may be asked, as far as its text tells.
    package func allows(_ url: String) -> Bool { (try? entry(for: url)) != nil }

    /// The entry that allows the URL.
    ///
    /// - Throws: ``HTTPRefusal`` when the URL is none that may be asked.
    func entry(for url: String) throws(HTTPRefusal) -> Entry {
        let entry = try Self.target(of: url)
        guard entries.contains(entry) else { throw .notAllowed(entry) }
        return entry
    }

    /// The host and port that a URL means.
    static func target(of url: String) throws(HTTPRefusal) -> Entry {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil
        else { throw .badURL(url) }
        let port = parts.port ?? (scheme == "https" ? 443 : 80)
        return Entry(host: normalised(host), port: port)
    }

    private static func normalised(_ host: some StringProtocol) -> String {
        var text = host.lowercased()
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}

/// Why a text is no host with a port.
package struct HostAllowListError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    package let text: String

    package var description: String { "'\(text)' is not a host with its port, such as lb.internal:443 or [::1]:8080" }
}

/// Why a request is not sent.
enum HTTPRefusal: Error, Hashable, CustomStringConvertible {
    /// The text is no URL that may be asked.
    case badURL(String)
    /// The host is not on the list.
    case notAllowed(HostAllowList.Entry)
    /// The name has no address.
    case unresolved(String, String)
    /// The name leads to an address that requests may not go to.
    case forbiddenAddress(String, IPAddress)

    var description: String {
        switch self {
        case .badURL(let url): "'\(url)' is not an http or https URL with a host and without a user"
        case .notAllowed(let entry): "\(entry) is not among the hosts that may be asked; add it to actions.http_hosts"
        case .unresolved(let host, let why): "\(host) has no address: \(why)"
        case .forbiddenAddress(let host, let address):
            "\(host) leads to \(address), \(address.kind.words); if that is meant, list the address itself"
        }
    }

    /// The code for a waiter's `error` acceptors.
    var code: String {
        switch self {
        case .badURL, .notAllowed, .forbiddenAddress: "NotAllowed"
        case .unresolved: "HostNotFound"
        }
    }
}
