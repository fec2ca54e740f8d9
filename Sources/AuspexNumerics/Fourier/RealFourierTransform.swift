import CKissFFT
import Foundation

/// The discrete Fourier transform of n real values in single precision, planned once and used many times.
///
/// Fast when n has small factors (2, 3, 5; see ``fastLength(atLeast:)``): O(n log n); a large prime factor p costs O(n·p).
/// Not copyable: the plan owns scratch memory, so that one plan serves one task at a time.
package struct RealFourierTransform: ~Copyable {
    /// How many real values, 1 or more.
    package let count: Int

    private let forwardPlan: OpaquePointer
    private let inversePlan: OpaquePointer

    /// One complex value of a spectrum.
    package struct Complex: Sendable, Hashable {
        /// The real part.
        package var real: Float
        /// The imaginary part.
        package var imaginary: Float

        /// Creates a value.
        package init(real: Float, imaginary: Float) {
            self.real = real
            self.imaginary = imaginary
        }
    }

    /// Plans transforms of `count` values.
    ///
    /// - Throws: ``NumericsError/shape(routine:reason:)`` unless 1 ≤ count ≤ 2³⁰.
    package init(count: Int) throws(NumericsError) {
        guard (1...Self.longest).contains(count) else {
            throw .shape(routine: "kiss_fft", reason: "\(count) values; 1 to \(Self.longest) can be transformed")
        }
        // Odd lengths go through the complex transform: the real one halves them.
        let isReal = count.isMultiple(of: 2)
        let length = Int32(count)
        let forward = isReal ? kiss_fftr_alloc(length, 0, nil, nil) : kiss_fft_alloc(length, 0, nil, nil)
        let inverse = isReal ? kiss_fftr_alloc(length, 1, nil, nil) : kiss_fft_alloc(length, 1, nil, nil)
        guard let forward, let inverse else {
            free(UnsafeMutableRawPointer(forward))
            free(UnsafeMutableRawPointer(inverse))
            throw .shape(routine: "kiss_fft", reason: "no memory for a plan of \(count) values")
        }
        self.count = count
        forwardPlan = forward
        inversePlan = inverse
    }

    deinit {
        free(UnsafeMutableRawPointer(forwardPlan))
        free(UnsafeMutableRawPointer(inversePlan))
    }

    /// The spectrum X_k = Σ xₜ e^(−2πi kt/n) for k = 0 … n/2 (rounded down): n/2 + 1 values.
    ///
    /// - Throws: ``NumericsError/shape(routine:reason:)`` unless there are ``count`` values.
    package func forward(_ values: [Float]) throws(NumericsError) -> [Complex] {
        guard values.count == count else {
            throw .shape(routine: "kiss_fft", reason: "\(values.count) values for a plan of \(count)")
        }
        let zero = kiss_fft_cpx(r: 0, i: 0)
        var spectrum = [kiss_fft_cpx](repeating: zero, count: count)
        if count.isMultiple(of: 2) {
            kiss_fftr(forwardPlan, values, &spectrum)
        } else {
            kiss_fft(forwardPlan, values.map { kiss_fft_cpx(r: $0, i: 0) }, &spectrum)
        }
        return spectrum.prefix(count / 2 + 1).map { Complex(real: $0.r, imaginary: $0.i) }
    }

    /// The values whose spectrum this is: the inverse of ``forward(_:)``.
    ///
    /// - Throws: ``NumericsError/shape(routine:reason:)`` unless there are n/2 + 1 values.
    package func inverse(_ spectrum: [Complex]) throws(NumericsError) -> [Float] {
        guard spectrum.count == count / 2 + 1 else {
            throw .shape(
                routine: "kiss_fft", reason: "\(spectrum.count) values for a spectrum of \(count / 2 + 1)")
        }
        let half = spectrum.map { kiss_fft_cpx(r: $0.real, i: $0.imaginary) }
        let scale = 1 / Float(count)
        if count.isMultiple(of: 2) {
            var values = [Float](repeating: 0, count: count)
            kiss_fftri(inversePlan, half, &values)
            return values.map { $0 * scale }
        }
        let mirrored = half.dropFirst().reversed().map { kiss_fft_cpx(r: $0.r, i: -$0.i) }
        var values = half + mirrored
        kiss_fft(inversePlan, half + mirrored, &values)
        return values.map { $0.r * scale }
    }

    /// The smallest length from `count` on that has no prime factor over 5.
    package static func fastLength(atLeast count: Int) -> Int {
        Int(kiss_fft_next_fast_size(Int32(clamping: min(max(count, 1), longest))))
    }

    private static let longest = 1 << 30
}
