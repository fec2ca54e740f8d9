import AuspexNumerics
import AuspexTesting
import Foundation
import Testing

@Suite struct RealFourierTransformTests {
    private func naive(_ values: [Float]) -> [(real: Double, imaginary: Double)] {
        (0...values.count / 2).map { frequency in
            var (real, imaginary) = (0.0, 0.0)
            for (time, value) in values.enumerated() {
                let angle = -2 * Double.pi * Double(frequency * time % values.count) / Double(values.count)
                real += Double(value) * cos(angle)
                imaginary += Double(value) * sin(angle)
            }
            return (real, imaginary)
        }
    }

    @Test(
        "the spectrum is the definition's, and its inverse the series",
        arguments: [1, 2, 3, 4, 5, 7, 8, 30, 31, 97, 128, 1_000])
    func againstDefinition(count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let values = (0..<count).map { _ in Float(random.gaussian()) }
        let transform = try RealFourierTransform(count: count)
        let spectrum = try transform.forward(values)
        let expected = naive(values)
        #expect(spectrum.count == count / 2 + 1)
        let limit = 2e-6 * Double(count).squareRoot() * 10
        for (actual, wanted) in zip(spectrum, expected) {
            #expect(abs(Double(actual.real) - wanted.real) < limit)
            #expect(abs(Double(actual.imaginary) - wanted.imaginary) < limit)
        }
        let back = try transform.inverse(spectrum)
        #expect(back.count == count)
        #expect(zip(back, values).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test("lengths that do not fit are refused")
    func refusals() throws {
        #expect(throws: NumericsError.self) { _ = try RealFourierTransform(count: 0).count }
        #expect(throws: NumericsError.self) { _ = try RealFourierTransform(count: -4).count }
        #expect(throws: NumericsError.self) { _ = try RealFourierTransform(count: .max).count }
        #expect(throws: NumericsError.self) { try RealFourierTransform(count: 8).forward([1, 2]) }
        #expect(throws: NumericsError.self) { try RealFourierTransform(count: 8).inverse([]) }
    }

    @Test(
        "fast lengths have no prime factor over 5 and are no shorter than asked",
        arguments: [-1, 0, 1, 7, 31, 97, 1_009, 65_537])
    func fastLengths(count: Int) {
        var rest = RealFourierTransform.fastLength(atLeast: count)
        #expect(rest >= max(count, 1))
        for factor in [2, 3, 5] { while rest.isMultiple(of: factor) { rest /= factor } }
        #expect(rest == 1)
    }
}
