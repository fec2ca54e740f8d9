import Foundation

/// An orthonormal basis of the few directions in which windows vary most, turned a little by each window (GROUSE: Balzano,
/// Nowak and Recht 2010, whose greedy angle is Balzano and Wright's of 2013).
///
/// A window x is its part in the subspace and a remainder e. The subspace is turned from the part towards e, by at most the
/// angle between the part and x. O(width·rank) a window, and O(width·rank²) where the basis is made orthonormal again.
struct SubspaceTracker: Sendable, Hashable {
    let width: Int
    let rank: Int
    /// `rank` directions of `width` numbers, one behind the other.
    private(set) var basis: [Double]
    private var sinceOrthonormal = 0

    /// Begins with the slowest waves (the discrete cosines), which most series have most of.
    init(width: Int, rank: Int) {
        self.width = width
        self.rank = rank
        basis = []
        for wave in 0..<rank {
            for place in 0..<width { basis.append(cos(.pi * Double(wave) * (Double(place) + 0.5) / Double(width))) }
        }
        orthonormalise()
    }

    /// A window as the subspace sees it.
    struct Split {
        /// How much of each direction it has.
        var weights: [Double]
        var remainder: [Double]
        /// The length of the part in the subspace.
        var inside: Double
        /// The length of the remainder.
        var outside: Double
    }

    func split(_ window: [Double]) -> Split {
        var split = Split(weights: [], remainder: window, inside: 0, outside: 0)
        for start in stride(from: 0, to: basis.count, by: width) {
            var weight = 0.0
            for place in 0..<width { weight += basis[start + place] * window[place] }
            split.weights.append(weight)
        }
        for (direction, weight) in split.weights.enumerated() {
            for place in 0..<width { split.remainder[place] -= weight * basis[direction * width + place] }
        }
        split.inside = Self.length(split.weights[...])
        split.outside = Self.length(split.remainder[...])
        return split
    }

    /// Turns the subspace towards a window by `share`, 0 to 1, of the angle between them.
    mutating func turn(towards split: Split, share: Double) {
        guard split.inside > 0, split.outside > 0 else { return }
        let angle = share * atan(split.outside / split.inside)
        let (along, across) = ((cos(angle) - 1) / split.inside, sin(angle) / split.outside)
        var move = split.remainder.map { across * $0 }
        for (direction, weight) in split.weights.enumerated() {
            for place in 0..<width { move[place] += along * weight * basis[direction * width + place] }
        }
        for (direction, weight) in split.weights.enumerated() {
            for place in 0..<width { basis[direction * width + place] += weight / split.inside * move[place] }
        }
        sinceOrthonormal += 1
        if sinceOrthonormal >= width { orthonormalise() }
    }

    /// Gram and Schmidt's method: rounding would have the directions drift from right angles.
    private mutating func orthonormalise() {
        sinceOrthonormal = 0
        for direction in 0..<rank {
            let start = direction * width
            for other in stride(from: 0, to: start, by: width) {
                var product = 0.0
                for place in 0..<width { product += basis[start + place] * basis[other + place] }
                for place in 0..<width { basis[start + place] -= product * basis[other + place] }
            }
            let length = Self.length(basis[start..<start + width])
            for place in start..<start + width { basis[place] /= length }
        }
    }

    private static func length(_ values: ArraySlice<Double>) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}

extension SubspaceTracker {
    /// By how much products of directions may be off; rounding makes some 10⁻¹⁵ of it between two corrections.
    private static let tolerance = 1e-6

    func write(to writer: inout SnapshotWriter) {
        writer.write(basis)
        writer.write(sinceOrthonormal)
    }

    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``, also when the directions are not orthonormal.
    init(from reader: inout SnapshotReader, width: Int, rank: Int) throws(DetectorError) {
        self.width = width
        self.rank = rank
        basis = try reader.readDoubles()
        sinceOrthonormal = try reader.readInteger(in: 0...width)
        guard basis.count == width * rank, isOrthonormal else {
            throw .invalidSnapshot(reason: "its \(basis.count) numbers are no basis of \(rank) directions")
        }
    }

    /// Whether all directions have length 1 and stand at right angles.
    var isOrthonormal: Bool {
        (0..<rank).allSatisfy { one in
            (0...one).allSatisfy { other in
                let product = (0..<width).reduce(0.0) { $0 + basis[one * width + $1] * basis[other * width + $1] }
                return abs(product - (one == other ? 1 : 0)) <= Self.tolerance
            }
        }
    }
}
