import Foundation

/// Numbers as text.
package enum NumberText {
    /// The largest size of a whole number that is written without fraction or exponent: below it every one is exact.
    private static let wholeLimit = 1e15

    /// The shortest text that reads back as the same number, whole numbers without a fraction; nil when it is missing.
    static func exact(_ number: Double) -> String? {
        guard number.isFinite else { return nil }
        if number == number.rounded(), number.magnitude < wholeLimit { return String(Int64(number)) }
        return "\(number)"
    }

    /// With this many digits behind the point, which is a point in every locale.
    static func fixed(_ number: Double, _ digits: Int) -> String {
        formatted("%.\(digits)f", number)
    }

    /// With this many significant digits, exponents where they are shorter.
    package static func short(_ number: Double, _ digits: Int = 4) -> String {
        formatted("%.\(digits)g", number)
    }

    /// As C formats it, which takes a fraction of the time of Foundation's formats.
    private static func formatted(_ format: String, _ number: Double) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: longest) { buffer in
            let count = withVaList([number]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
            let text = buffer.prefix(max(0, min(Int(count), buffer.count - 1)))
            return String(decoding: text.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// The largest double has 309 digits before the point.
    private static let longest = 400
}
