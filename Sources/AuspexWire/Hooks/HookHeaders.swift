/// The headers of a delivery, each with all its values. Names are compared without regard to the size of letters.
package struct HookHeaders: Hashable, Sendable {
    private var values: [String: [String]] = [:]

    /// Takes names and values in the order of the request.
    package init(_ fields: some Sequence<(String, String)>) {
        for (name, value) in fields { values[name.lowercased(), default: []].append(value) }
    }

    /// All values of a header.
    subscript(name: String) -> [String] { values[name.lowercased()] ?? [] }

    /// The one value of a header; nil when it is missing or empty.
    ///
    /// More than one is refused: which of them a proxy in between has looked at is anybody's guess.
    func single(_ name: String) throws(HookError) -> String? {
        let all = self[name]
        guard all.count <= 1 else { throw .duplicateHeader(name) }
        return all.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The one value of a header that identifies something: visible ASCII, as event names and the ids of deliveries are.
    func identifier(_ name: String, upTo longest: Int = 200) throws(HookError) -> String? {
        guard let value = try single(name) else { return nil }
        guard value.utf8.count <= longest, value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .malformedHeader(name)
        }
        return value
    }

    /// The media type of the body in small letters, without parameters; empty when it is not announced.
    func mediaType() throws(HookError) -> String {
        let text = try single("Content-Type") ?? ""
        return String(text.prefix { $0 != ";" && $0 != " " && $0 != "\t" }.prefix(100)).lowercased()
    }
}
