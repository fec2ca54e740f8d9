extension RemoteWrite {
    /// The media type of both versions.
    private static let mediaType = "application/x-protobuf"
    /// The message of version 1.0, which is also meant when none is named.
    private static let messageName = "prometheus.writerequest"

    /// Checks the request's headers before its body is read.
    ///
    /// A missing `Content-Encoding` counts as `snappy`, because early senders left it out.
    ///
    /// - Throws: ``RemoteWriteError/unsupportedContentType(_:)``, also for remote write 2.0, whose senders fall back to
    ///   1.0 after it, or ``RemoteWriteError/unsupportedContentEncoding(_:)``.
    package static func checkHeaders(contentType: String?, contentEncoding: String?) throws(RemoteWriteError) {
        let parts = (contentType ?? "").lowercased().split(separator: ";").map(trimmed)
        guard parts.first == mediaType else { throw .unsupportedContentType(shown(contentType ?? "")) }
        for parameter in parts.dropFirst() where parameter.hasPrefix("proto=") {
            guard parameter.dropFirst("proto=".count) == messageName else {
                throw .unsupportedContentType(shown(contentType ?? ""))
            }
        }
        if let contentEncoding, trimmed(contentEncoding[...]).lowercased() != "snappy" {
            throw .unsupportedContentEncoding(shown(contentEncoding))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = text.drop(while: blank)
        while let last = rest.last, blank(last) { rest.removeLast() }
        return String(rest)
    }

    /// A header's value as it may stand in a message: short and printable.
    private static func shown(_ value: String) -> String {
        String(
            value.unicodeScalars.filter { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7f }.prefix(100).map(
                Character.init))
    }
}
