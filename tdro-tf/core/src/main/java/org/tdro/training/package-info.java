/**
 * The three stages of the method as configurations of one trainer, and the pipeline through them.
 */
package org.tdro.training;
