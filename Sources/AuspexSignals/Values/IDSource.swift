/// Where new identifiers come from, so that tests can know them in advance.
public protocol IDSource: Sendable {
    /// A new identifier, different from every earlier one: 1 to 64 characters of `a-z`, `0-9` and `-`.
    func next() -> String
}

/// Identifiers of 128 random bits from the system's generator, in hexadecimal.
public struct RandomIDSource: IDSource {
    /// Creates the source.
    public init() {}

    /// Thirty-two hexadecimal digits.
    public func next() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal(generator.next()) + hexadecimal(generator.next())
    }
}

/// The 16 lower-case hexadecimal digits of `number`.
package func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
