/// The parts of `name:key=value,key=value`, before anything is known of the detector.
struct DetectorSpecification {
    /// Longest specification that is read; a sensible one has under 100 characters.
    static let maximumLength = 4_096

    let name: String
    let parameters: [(key: String, value: String)]

    init(_ text: String) throws(DetectorError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw .malformedSpecification(
                text: String(text.prefix(40)) + "…", column: 1,
                reason: "it is longer than \(Self.maximumLength) bytes")
        }
        let colon = text.firstIndex(of: ":")
        name = Self.trimmed(text[..<(colon ?? text.endIndex)])
        guard !name.isEmpty else {
            throw .malformedSpecification(text: text, column: 1, reason: "the detector's name is missing")
        }
        guard let colon else {
            parameters = []
            return
        }
        var parameters: [(key: String, value: String)] = []
        for part in text[text.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false) {
            let column = text.distance(from: text.startIndex, to: part.startIndex) + 1
            guard let equals = part.firstIndex(of: "=") else {
                throw .malformedSpecification(
                    text: text, column: column, reason: "'\(Self.trimmed(part))' is not key=value")
            }
            let key = Self.trimmed(part[..<equals])
            let value = Self.trimmed(part[part.index(after: equals)...])
            guard !key.isEmpty, !value.isEmpty else {
                throw .malformedSpecification(
                    text: text, column: column, reason: "'\(Self.trimmed(part))' lacks its key or its value")
            }
            guard !parameters.contains(where: { $0.key == key }) else {
                throw .malformedSpecification(text: text, column: column, reason: "'\(key)' is there twice")
            }
            parameters.append((key, value))
        }
        self.parameters = parameters
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
