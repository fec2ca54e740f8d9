import AuspexNumerics

/// The distance of every window to the nearest earlier one, found in such a way that it stays when rows are added behind.
///
/// Landmarks lie ever wider apart as a series grows: between n and 2n windows there are from half of `most` to `most` of
/// them, laid out anew at each doubling, so that which of them a window is compared with depends on what lies before it
/// alone.
struct CausalSearch {
    let windows: ScaledWindows
    /// The most landmarks, at least 1.
    let most: Int

    /// The distance of each window to the nearest landmark that ends before it begins and lies at least a twentieth of the
    /// windows so far away; nil where there is none. n·M·w flops.
    func distances() -> [Double?] {
        var result = [Double?](repeating: nil, count: windows.count)
        var (start, spacing) = (0, 1)
        while start < windows.count {
            let end = min(windows.count, most * spacing)
            let landmarks = landmarks(before: end, spacing: spacing)
            let products = LandmarkProducts(windows, landmarks: landmarks)
            products.visit(start..<end, width: { allowed(landmarks, for: $0) }) { row, products, norms in
                let own = ..<allowed(landmarks, for: row)
                let nearest = Kernels.nearest(
                    products: UnsafeBufferPointer(rebasing: products[own]),
                    norms: UnsafeBufferPointer(rebasing: norms[own]))
                result[row] = nearest.map { windows.distance(row, landmarks[$0.index]) }
            }
            (start, spacing) = (end, spacing * 2)
        }
        return result
    }

    private func landmarks(before end: Int, spacing: Int) -> [Int] {
        (0..<(end + spacing - 1) / spacing).map { number in
            number * spacing + Int(LandmarkProducts.jitter(number) * Double(spacing))
        }.filter { $0 < end }
    }

    /// How many of the landmarks, which ascend, window `index` may be compared with.
    private func allowed(_ landmarks: [Int], for index: Int) -> Int {
        landmarks.count(below: index - max(windows.length, index / ScaleScan.exclusionShare) + 1)
    }
}
