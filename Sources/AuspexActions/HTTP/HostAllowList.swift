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
            let host = Self.normalised(text[..<colon])
            guard Self.isHost(host) else { throw HostAllowListError(text: text) }
            entries.insert(Entry(host: host, port: port))
        }
        self.entries = entries
    }

    /// Whether a text is an address in its usual form, or a name that nobody takes for an address in another form, such
    /// as `0x7f.1` or `2130706433`, which the system would look up as 127.0.0.1.
    private static func isHost(_ host: String) -> Bool {
        if IPAddress(host) != nil { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-_".utf8.contains($0) }
        }
        guard isName, let last = labels.last else { return false }
        return !last.utf8.allSatisfy(isDigit) && !last.hasPrefix("0x")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

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
        // What parsers of URLs do not read alike is none.
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
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
    /// The value of this header field would end it and begin another.
    case badHeader(String)
    /// The host is not on the list.
    case notAllowed(HostAllowList.Entry)
    /// The name has no address.
    case unresolved(String, String)
    /// The name leads to an address that requests may not go to.
    case forbiddenAddress(String, IPAddress)

    var description: String {
        switch self {
        case .badURL(let url): "'\(url)' is not an http or https URL of ASCII, with a host and without a user"
        case .badHeader(let name): "the header field \(name) would have a line end or another control character in it"
        case .notAllowed(let entry): "\(entry) is not among the hosts that may be asked; add it to actions.http_hosts"
        case .unresolved(let host, let why): "\(host) has no address: \(why)"
        case .forbiddenAddress(let host, let address):
            // One that is ordinary otherwise is the host's own.
            "\(host) leads to \(address), \((address.kind == .ordinary ? .loopback : address.kind).words); if that is "
                + "meant, list the address itself"
        }
    }

    /// The code for a waiter's `error` acceptors.
    var code: String {
        switch self {
        case .badURL, .badHeader, .notAllowed, .forbiddenAddress: "NotAllowed"
        case .unresolved: "HostNotFound"
        }
    }
}
