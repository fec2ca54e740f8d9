import AuspexSignals
import Foundation

extension ChangeHistory {
    /// Days and years as spans; a year is 365.25 days.
    private static let millisecondsPerDay = 86_400_000.0
    private static let millisecondsPerYear = 365.25 * millisecondsPerDay

    /// What became of one file over the commits of a change.
    private struct Touched {
        /// Where it stood before the change.
        var origin: String
        var added = 0
        var deleted = 0
    }

    /// Measures consecutive commits as one change, against the state before the first of them.
    ///
    /// - Complexity: O(files touched + commits of the authors).
    func features(of commits: [GitCommit]) -> ChangeFeatures {
        var features = ChangeFeatures()
        guard let last = commits.last else { return features }
        let touched = Self.touchedFiles(of: commits)
        addSize(of: touched, to: &features)
        addPast(of: touched, at: last.time, to: &features)
        addExperience(of: commits, to: &features)
        features.isFix = commits.contains { FixMessage.tells($0.message) }
        return features
    }

    /// The files by their paths after the change.
    private static func touchedFiles(of commits: [GitCommit]) -> [String: Touched] {
        var touched: [String: Touched] = [:]
        for commit in commits {
            let renamed = commit.files.map { file in file.previousPath.flatMap { touched.removeValue(forKey: $0) } }
            for (file, moved) in zip(commit.files, renamed) {
                var state = moved ?? touched[file.path] ?? Touched(origin: file.previousPath ?? file.path)
                state.added += file.added
                state.deleted += file.deleted
                touched[file.path] = state
            }
        }
        return touched
    }

    private func addSize(of touched: [String: Touched], to features: inout ChangeFeatures) {
        let paths = touched.keys.map { GitFileChange(path: $0, added: 0, deleted: 0) }
        features.files = touched.count
        features.directories = Set(paths.map(\.directory)).count
        features.subsystems = Set(paths.map(\.subsystem)).count
        features.linesAdded = touched.values.reduce(0) { $0 + $1.added }
        features.linesDeleted = touched.values.reduce(0) { $0 + $1.deleted }
        features.entropy = Self.normalisedEntropy(of: touched.values.map { $0.added + $0.deleted }.sorted())
    }

    private func addPast(of touched: [String: Touched], at time: Timestamp, to features: inout ChangeFeatures) {
        var developers: Set<Int32> = []
        var lastChanges: Set<Int> = []
        var ages: [Double] = []
        for file in touched.values {
            guard let past = files[file.origin] else { continue }
            features.linesBefore += past.lines
            developers.formUnion(past.developers)
            guard let lastChange = past.lastChange else { continue }
            lastChanges.insert(lastChange.commit)
            // Clocks of committers differ; a file is never younger than now.
            ages.append(max(0, Double((time - lastChange.time).milliseconds) / Self.millisecondsPerDay))
        }
        features.developers = developers.count
        features.uniqueChanges = lastChanges.count
        // Sorted, so that the sum does not depend on the order of a dictionary.
        features.age = ages.isEmpty ? 0 : ages.sorted().reduce(0, +) / Double(ages.count)
    }

    private func addExperience(of commits: [GitCommit], to features: inout ChangeFeatures) {
        for commit in commits {
            guard let past = past(of: commit.developer) else { continue }
            features.experience += Double(past.times.count)
            for time in past.times {
                let years = max(0, Double((commit.time - time).milliseconds) / Self.millisecondsPerYear)
                features.recentExperience += 1 / (1 + years)
            }
            var inSubsystems: Set<Int32> = []
            for subsystem in Set(commit.files.map(\.subsystem)) {
                inSubsystems.formUnion(past.commitsBySubsystem[subsystem] ?? [])
            }
            features.subsystemExperience += Double(inSubsystems.count)
        }
        features.experience /= Double(commits.count)
        features.recentExperience /= Double(commits.count)
        features.subsystemExperience /= Double(commits.count)
    }

    /// Shannon's entropy of the files' shares of the changed lines, divided by its maximum, log2 of their number.
    static func normalisedEntropy(of lines: [Int]) -> Double {
        let total = lines.reduce(0, +)
        guard lines.count > 1, total > 0 else { return 0 }
        var entropy = 0.0
        for count in lines where count > 0 {
            let share = Double(count) / Double(total)
            entropy -= share * log2(share)
        }
        return min(1, max(0, entropy / log2(Double(lines.count))))
    }
}
