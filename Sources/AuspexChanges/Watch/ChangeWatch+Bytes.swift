package import Foundation

extension ChangeWatch {
    private static let infinity = "inf"
    private static let negativeInfinity = "-inf"
    private static let missing = "nan"

    /// The state as JSON; the same state always gives the same bytes.
    package func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: Self.infinity, negativeInfinity: Self.negativeInfinity, nan: Self.missing)
        return try encoder.encode(self)
    }

    /// Goes on from what ``encoded()`` wrote.
    package init(decoding data: Data) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: Self.infinity, negativeInfinity: Self.negativeInfinity, nan: Self.missing)
        self = try decoder.decode(ChangeWatch.self, from: data)
    }
}
