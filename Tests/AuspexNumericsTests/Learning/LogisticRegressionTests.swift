import AuspexTesting
import Testing

@testable import AuspexNumerics

@Suite struct LogisticRegressionTests {
    static let outcomes = "0001001101000011011100010110110000101110".map { $0 == "1" }

    private func rows() throws -> Matrix<Double> {
        let first = (0..<40).map { Double($0 * 7 % 11) / 11 }
        let second = (0..<40).map { Double($0 * 5 % 13) / 13 - 0.5 }
        return try Matrix(rows: 40, columns: 2, storage: first + second)
    }

    @Test("coefficients are those of scikit-learn's LogisticRegression(C = 0.5)")
    func golden() throws {
        let model = try LogisticRegression(fitting: rows(), outcomes: Self.outcomes, options: .init(penalty: 2))
        #expect(abs(model.intercept + 0.697_194_91) < 1e-5)
        #expect(abs(model.coefficients[0] - 1.086_681_74) < 1e-5)
        #expect(abs(model.coefficients[1] - 0.156_910_42) < 1e-5)
    }

    @Test("weighted rows count as often as their weights say")
    func weights() throws {
        let weights = (0..<40).map { Double(1 + $0 % 3) }
        let model = try LogisticRegression(
            fitting: rows(), outcomes: Self.outcomes, options: .init(penalty: 2, weights: weights))
        #expect(abs(model.intercept + 0.924_663_81) < 1e-5)
        #expect(abs(model.coefficients[0] - 1.633_478_07) < 1e-5)
        #expect(abs(model.coefficients[1] + 0.114_146_53) < 1e-5)
    }

    @Test("a heavy penalty draws the coefficients to their centre")
    func centre() throws {
        let options = LogisticRegression.Options(penalty: 1e9, centre: [0.7, -2])
        let model = try LogisticRegression(fitting: rows(), outcomes: Self.outcomes, options: options)
        #expect(abs(model.coefficients[0] - 0.7) < 1e-6)
        #expect(abs(model.coefficients[1] + 2) < 1e-6)
    }

    @Test("rows that separate the outcomes are fitted under a penalty, also far from 0")
    func separable() throws {
        let values = (0..<60).map { Double($0) * 1_000 }
        let rows = try Matrix(rows: 60, columns: 1, storage: values)
        let model = try LogisticRegression(
            fitting: rows, outcomes: (0..<60).map { $0 >= 30 }, options: .init(penalty: 1))
        #expect(model.logit([0.0]) < -5 && model.logit([59_000.0]) > 5)
    }

    @Test("one kind of outcome, sizes that do not fit and NaN are refused")
    func refusals() throws {
        let rows = try rows()
        func fit(_ rows: Matrix<Double>, _ outcomes: [Bool], _ options: LogisticRegression.Options) throws {
            _ = try LogisticRegression(fitting: rows, outcomes: outcomes, options: options)
        }
        let plain = LogisticRegression.Options(penalty: 1)
        #expect(throws: NumericsError.self) { try fit(rows, [Bool](repeating: true, count: 40), plain) }
        #expect(throws: NumericsError.self) { try fit(rows, [true, false], plain) }
        #expect(throws: NumericsError.self) { try fit(rows, Self.outcomes, .init(penalty: 1, centre: [1])) }
        #expect(throws: NumericsError.self) { try fit(rows, Self.outcomes, .init(penalty: 1, weights: [1])) }
        var broken = rows
        broken[3, 1] = .nan
        #expect(throws: NumericsError.self) { try fit(broken, Self.outcomes, plain) }
    }

    @Test("probabilities and logits are each other's inverse, and finite at the ends")
    func logits() {
        for logit in stride(from: -12.0, through: 12, by: 0.5) {
            let back = LogisticFunction.logit(LogisticFunction.probability(logit))
            #expect(abs(back - logit) < 1e-9)
        }
        #expect(LogisticFunction.probability(-1_000) == 0 && LogisticFunction.probability(1_000) == 1)
        #expect(LogisticFunction.logit(0).isFinite && LogisticFunction.logit(1).isFinite)
    }
}
