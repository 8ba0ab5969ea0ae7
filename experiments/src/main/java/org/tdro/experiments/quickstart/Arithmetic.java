package org.tdro.experiments.quickstart;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The rows of the arithmetic domain: numbers for word problems, of which one row serves all kinds of sums. */
final class Arithmetic {
  private Arithmetic() {}

  static List<Map<String, String>> rows(int count) {
    var items = FactTable.column("items", "items");
    return IntStream.range(0, count)
        .mapToObj(i -> {
          var dice = new Dice("arithmetic/" + i);
          var names = dice.shuffled(InventedNames.FIRST);
          var item = dice.pick(items);
          int x = dice.between(11, 99);
          int y = dice.between(11, 99);
          int k = dice.between(3, 12);
          int price = dice.between(2, 19);
          int change = dice.between(1, 40);
          return new Row(item)
              .with("items", item)
              .with("name", names.get(0))
              .with("other", names.get(1))
              .with("x", x)
              .with("y", y)
              .with("sum", x + y)
              .with("k", k)
              .with("product", k * x)
              .with("p", price)
              .with("cost", k * price)
              .with("paid", k * price + change)
              .with("change", change)
              .values();
        })
        .toList();
  }
}
