import AuspexTesting

/// Two columns of 240 rows in three clear groups, by turns; row 120 is off in the first column and row 121 in the second.
func threeGroups() -> [[Double]] {
    var columns = groups(seed: 5)
    columns[0][120] += 4
    columns[1][121] -= 9
    return columns
}

/// The same groups, and four rows (100 to 103) in a fourth place far away.
func threeGroupsAndFew() -> [[Double]] {
    var (columns, random) = groupsAndRandom(seed: 6)
    for row in 100..<104 {
        columns[0][row] = 40 + 0.1 * random.gaussian()
        columns[1][row] = 40 + 0.1 * random.gaussian()
    }
    return columns
}

private func groups(seed: UInt64) -> [[Double]] { groupsAndRandom(seed: seed).0 }

private func groupsAndRandom(seed: UInt64) -> ([[Double]], SplitMix64) {
    var random = SplitMix64(seed: seed)
    var columns: [[Double]] = [[], []]
    for row in 0..<240 {
        columns[0].append(10 * Double(row % 3) + random.gaussian())
        columns[1].append([0, 20, -20][row % 3] + 2 * random.gaussian())
    }
    return (columns, random)
}

/// The row with the highest score.
func top(_ scores: [Double]) -> Int { scores.indices.max { scores[$0] < scores[$1] } ?? -1 }
