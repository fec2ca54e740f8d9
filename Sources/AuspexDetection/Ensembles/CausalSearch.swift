import AuspexNumerics

/// The distance of every window to the nearest earlier one, found in such a way that it stays when rows are added behind.
///
/// Landmarks lie ever wider apart as a series grows: between n and 2n windows there are from half of `most` to `most` of
/// them, laid out anew at each doubling, so that which of them a window is compared with depends on what lies before it
/// alone.
struct CausalSearch {
    private static let tile = 128
    /// The fractional part of the golden ratio: no period divides it.
    private static let golden = 0.6180339887498949
    /// A neighbour lies at least one part in so many of the windows before.
    private static let exclusionShare = 20

    let windows: ScaledWindows
    /// The most landmarks, at least 1.
    let most: Int

    /// The distance of each window to the nearest landmark that ends before it begins and lies at least a twentieth of the
    /// windows so far away; nil where there is none. n·M·w flops; memory for the landmarks and one tile.
    func distances() -> [Double?] {
        var result = [Double?](repeating: nil, count: windows.count)
        BLASThreads.pin()
        var (start, spacing) = (0, 1)
        while start < windows.count {
            let end = min(windows.count, most * spacing)
            search(start..<end, landmarks: landmarks(before: end, spacing: spacing), &result)
            (start, spacing) = (end, spacing * 2)
        }
        return result
    }

    private func landmarks(before end: Int, spacing: Int) -> [Int] {
        (0..<(end + spacing - 1) / spacing).map { number in
            let jitter = (Double(number) * Self.golden).truncatingRemainder(dividingBy: 1)
            return number * spacing + Int(jitter * Double(spacing))
        }.filter { $0 < end }
    }

    private func search(_ rows: Range<Int>, landmarks: [Int], _ result: inout [Double?]) {
        let length = windows.length
        var known = [Float](repeating: 0, count: landmarks.count * length)
        known.withUnsafeMutableBufferPointer { target in
            for (place, index) in landmarks.enumerated() {
                windows.write(index, to: .init(rebasing: target[place * length..<(place + 1) * length]))
            }
        }
        let norms = landmarks.indices.map { place in
            known[place * length..<(place + 1) * length].reduce(Float(0)) { $0 + $1 * $1 }
        }
        var queries = [Float](repeating: 0, count: Self.tile * length)
        var products = [Float](repeating: 0, count: Self.tile * landmarks.count)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.tile) {
            let count = min(Self.tile, rows.upperBound - start)
            let width = allowed(landmarks, for: start + count - 1)
            guard width > 0 else { continue }
            queries.withUnsafeMutableBufferPointer { target in
                for row in 0..<count {
                    windows.write(start + row, to: .init(rebasing: target[row * length..<(row + 1) * length]))
                }
            }
            Float.gemm(
                true, false, Int32(width), Int32(count), Int32(length), 1, known, Int32(length), queries,
                Int32(length), 0, &products, Int32(width))
            products.withUnsafeBufferPointer { products in
                norms.withUnsafeBufferPointer { norms in
                    for row in 0..<count {
                        let own = allowed(landmarks, for: start + row)
                        let nearest = Kernels.nearest(
                            products: UnsafeBufferPointer(rebasing: products[row * width..<row * width + own]),
                            norms: UnsafeBufferPointer(rebasing: norms[..<own]))
                        result[start + row] = nearest.map { windows.distance(start + row, landmarks[$0.index]) }
                    }
                }
            }
        }
    }

    /// How many of the landmarks, which ascend, window `index` may be compared with.
    private func allowed(_ landmarks: [Int], for index: Int) -> Int {
        let last = index - max(windows.length, index / Self.exclusionShare)
        var (low, high) = (0, landmarks.count)
        while low < high {
            let middle = (low + high) / 2
            if landmarks[middle] <= last { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
