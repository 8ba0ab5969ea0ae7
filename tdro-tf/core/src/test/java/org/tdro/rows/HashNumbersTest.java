package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.tdro.io.CounterRandom;

class HashNumbersTest {
  @Test
  void numbersHashesInTheOrderOfTheirFirstArrival() {
    var numbers = new HashNumbers();
    var expected = new HashMap<Long, Integer>();
    for (int i = 0; i < 20_000; i++) {
      // Neighbouring hashes, and some that differ in their upper halves alone.
      long drawn = CounterRandom.bits(1, i) & 0x1fff;
      long hash = i % 2 == 0 ? drawn : drawn << 40;
      boolean isNew = !expected.containsKey(hash);
      expected.putIfAbsent(hash, expected.size());
      assertThat(numbers.contains(hash)).isEqualTo(!isNew);
      assertThat(numbers.isNew(hash)).isEqualTo(isNew);
      assertThat(numbers.add(hash)).isEqualTo(expected.get(hash));
    }
    assertThat(numbers.size()).isEqualTo(expected.size());
    assertThat(numbers.find(-1)).isEqualTo(-1);
  }
}
