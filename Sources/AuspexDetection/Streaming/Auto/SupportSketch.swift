import AuspexNumerics

/// Which values were ever seen, as a bounded number of sorted centres: a view of a series' block.
///
/// How far a value is from all that were seen says whether it is new, however rare what it is near to has been. A value that
/// stands apart becomes a centre; when there are too many, the closest two become one. The outermost stay.
struct SupportSketch {
    /// Room for ``capacity`` + 1.
    let centres: UnsafeMutablePointer<Float>
    let capacity: Int
    /// A value becomes a centre when it is this share of the range of the centres, divided by their number, from the nearest.
    private static let resolution: Float = 0.25

    /// The distance of a value from the nearest centre, 0 for the first value; then learns it. O(C) in wide registers.
    func novelty(of value: Float, count: inout Int32) -> Float {
        let held = Int(count)
        guard held > 0 else {
            centres[0] = value
            count = 1
            return 0
        }
        let place = position(of: value, among: held)
        var distance = Float.infinity
        if place < held { distance = centres[place] - value }
        if place > 0 { distance = min(distance, value - centres[place - 1]) }
        let range = centres[held - 1] - centres[0]
        guard distance > range * Self.resolution / Float(capacity) else { return distance }
        if held < capacity {
            (centres + place + 1).update(from: centres + place, count: held - place)
            centres[place] = value
            count += 1
        } else {
            insertMerging(value, at: place)
        }
        return distance
    }

    /// Inserts into a full sketch: the closest two neighbours among the inner centres and the new one become their middle.
    private func insertMerging(_ value: Float, at place: Int) {
        let held = UnsafeBufferPointer(start: centres, count: capacity)
        // Gaps that do not touch the new centre lie before it and, a place later, behind it.
        var (closest, gap) = (1, Float.infinity)
        func consider(_ index: Int, _ width: Float) {
            if width < gap { (closest, gap) = (index, width) }
        }
        let inner = 2..<capacity
        if place > 2, let found = Kernels.leastGap(of: held, at: 2..<place) { consider(found.index, found.width) }
        if inner.contains(place) { consider(place, value - centres[place - 1]) }
        if inner.contains(place + 1) { consider(place + 1, centres[place] - value) }
        if place + 2 < capacity, let found = Kernels.leastGap(of: held, at: place + 1..<capacity - 1) {
            consider(found.index + 1, found.width)
        }
        // The centre at `index` as if the new one were in already.
        func centre(_ index: Int) -> Float {
            index < place ? centres[index] : index == place ? value : centres[index - 1]
        }
        let merged = closest > 1 ? 0.5 * (centre(closest - 1) + centre(closest)) : 0
        // The one at `closest` goes, so that what lies between it and the new one moves by a place.
        if place < closest {
            (centres + place + 1).update(from: centres + place, count: closest - 1 - place)
            centres[place] = value
        } else if place > closest {
            (centres + closest).update(from: centres + closest + 1, count: place - 1 - closest)
            centres[place - 1] = value
        }
        if closest > 1 { centres[closest - 1] = merged }
    }

    /// The first index whose centre is not under the value.
    private func position(of value: Float, among held: Int) -> Int {
        Kernels.count(of: UnsafeBufferPointer(start: centres, count: held), below: value)
    }
}
